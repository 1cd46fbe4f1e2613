// SPDX-License-Identifier: MPL-2.0

// pion as a peer for scripts. See ../../README.md for the protocol.
//
// Built in GOPATH mode against Debian's golang-github-pion-webrtc.v3-dev.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"sync"

	"github.com/pion/webrtc"
)

const (
	shortText   = 256
	longestLine = 1 << 20
)

type channelInit struct {
	Label             string  `json:"label"`
	Ordered           *bool   `json:"ordered"`
	MaxRetransmits    *uint16 `json:"maxRetransmits"`
	MaxPacketLifeTime *uint16 `json:"maxPacketLifeTime"`
	Protocol          *string `json:"protocol"`
	Negotiated        *bool   `json:"negotiated"`
	ID                *uint16 `json:"id"`
}

// message is any line that a peer can be given.
type message struct {
	Cmd           string        `json:"cmd"`
	Channels      []channelInit `json:"channels"`
	Media         []string      `json:"media"`
	IceRestart    bool          `json:"iceRestart"`
	Type          string        `json:"type"`
	SDP           string        `json:"sdp"`
	Candidate     *string       `json:"candidate"`
	SDPMid        *string       `json:"sdpMid"`
	SDPMLineIndex *uint16       `json:"sdpMLineIndex"`
	Label         string        `json:"label"`
	Text          *string       `json:"text"`
	Size          int           `json:"size"`
}

type object map[string]interface{}

type peer struct {
	connection *webrtc.PeerConnection
	echo       bool
	early      []webrtc.ICECandidateInit

	mutex    sync.Mutex // pion calls back on goroutines of its own
	channels map[string]*webrtc.DataChannel

	output sync.Mutex
	// described is closed once the first description has been written: candidates come after it.
	described     chan struct{}
	describedOnce sync.Once
}

func (p *peer) emit(line object) {
	text, err := json.Marshal(line)
	if err != nil {
		panic(err)
	}
	p.output.Lock()
	defer p.output.Unlock()
	fmt.Println(string(text))
}

func (p *peer) fail(err error) {
	p.emit(object{"event": "error", "name": "Error", "message": err.Error()})
}

func (p *peer) take(channel *webrtc.DataChannel, received webrtc.DataChannelMessage) {
	event := object{"event": "message", "label": channel.Label(), "binary": !received.IsString,
		"size": len(received.Data), "crc32": crc32.ChecksumIEEE(received.Data)}
	if received.IsString && len(received.Data) <= shortText {
		event["text"] = string(received.Data)
	}
	p.emit(event)
	if !p.echo {
		return
	}
	var err error
	if received.IsString {
		err = channel.SendText(string(received.Data))
	} else {
		err = channel.Send(received.Data)
	}
	if err != nil {
		p.fail(err)
	}
}

func (p *peer) adopt(channel *webrtc.DataChannel) {
	p.mutex.Lock()
	p.channels[channel.Label()] = channel
	p.mutex.Unlock()
	channel.OnMessage(func(received webrtc.DataChannelMessage) { p.take(channel, received) })
	channel.OnClose(func() { p.emit(object{"event": "channelclose", "label": channel.Label()}) })
	channel.OnOpen(func() {
		p.emit(object{"event": "open", "label": channel.Label(), "id": channel.ID(),
			"protocol": channel.Protocol(), "ordered": channel.Ordered(),
			"maxRetransmits":    channel.MaxRetransmits(),
			"maxPacketLifeTime": channel.MaxPacketLifeTime()})
	})
}

func (p *peer) createChannels(list []channelInit) error {
	for _, init := range list {
		channel, err := p.connection.CreateDataChannel(init.Label, &webrtc.DataChannelInit{
			Ordered: init.Ordered, MaxRetransmits: init.MaxRetransmits,
			MaxPacketLifeTime: init.MaxPacketLifeTime, Protocol: init.Protocol,
			Negotiated: init.Negotiated, ID: init.ID})
		if err != nil {
			return err
		}
		p.adopt(channel)
	}
	return nil
}

// describe sets and writes the local description, and lets candidates out after it.
func (p *peer) describe(description webrtc.SessionDescription, err error) error {
	if err != nil {
		return err
	}
	if err = p.connection.SetLocalDescription(description); err != nil {
		return err
	}
	p.emit(object{"type": description.Type.String(), "sdp": description.SDP})
	p.describedOnce.Do(func() { close(p.described) })
	return nil
}

func (p *peer) offer(m *message) error {
	if err := p.createChannels(m.Channels); err != nil {
		return err
	}
	for _, kind := range m.Media {
		if _, err := p.connection.AddTransceiverFromKind(webrtc.NewRTPCodecType(kind)); err != nil {
			return err
		}
	}
	return p.describe(p.connection.CreateOffer(&webrtc.OfferOptions{ICERestart: m.IceRestart}))
}

func (p *peer) takeDescription(m *message) error {
	description := webrtc.SessionDescription{Type: webrtc.NewSDPType(m.Type), SDP: m.SDP}
	if err := p.connection.SetRemoteDescription(description); err != nil {
		return err
	}
	for _, candidate := range p.early {
		if err := p.connection.AddICECandidate(candidate); err != nil {
			return err
		}
	}
	p.early = nil
	if description.Type != webrtc.SDPTypeOffer {
		return nil
	}
	return p.describe(p.connection.CreateAnswer(nil))
}

func (p *peer) takeCandidate(m *message) error {
	candidate := webrtc.ICECandidateInit{Candidate: *m.Candidate, SDPMid: m.SDPMid,
		SDPMLineIndex: m.SDPMLineIndex}
	if p.connection.RemoteDescription() == nil {
		p.early = append(p.early, candidate)
		return nil
	}
	return p.connection.AddICECandidate(candidate)
}

func (p *peer) channel(label string) (*webrtc.DataChannel, error) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	channel := p.channels[label]
	if channel == nil {
		return nil, errors.New("no channel is called " + label)
	}
	return channel, nil
}

func (p *peer) send(m *message) error {
	channel, err := p.channel(m.Label)
	if err != nil {
		return err
	}
	if m.Text != nil {
		return channel.SendText(*m.Text)
	}
	data := make([]byte, m.Size)
	for i := range data {
		data[i] = byte(31*i + 7)
	}
	return channel.Send(data)
}

func (p *peer) command(m *message) error {
	switch m.Cmd {
	case "offer":
		return p.offer(m)
	case "channels":
		return p.createChannels(m.Channels)
	case "send":
		return p.send(m)
	case "closeChannel":
		channel, err := p.channel(m.Label)
		if err != nil {
			return err
		}
		return channel.Close()
	case "close":
		return p.connection.Close()
	}
	return errors.New("unknown command " + m.Cmd)
}

func (p *peer) handle(line []byte) error {
	var m message
	if err := json.Unmarshal(line, &m); err != nil {
		return err
	}
	switch {
	case m.Cmd != "":
		return p.command(&m)
	case m.Type != "":
		return p.takeDescription(&m)
	case m.Candidate != nil:
		return p.takeCandidate(&m)
	}
	return errors.New("neither a command, a description nor a candidate")
}

func (p *peer) watch() {
	p.connection.OnDataChannel(p.adopt)
	p.connection.OnConnectionStateChange(func(state webrtc.PeerConnectionState) {
		p.emit(object{"event": "connectionstate", "state": state.String()})
	})
	p.connection.OnICEConnectionStateChange(func(state webrtc.ICEConnectionState) {
		p.emit(object{"event": "iceconnectionstate", "state": state.String()})
	})
	p.connection.OnICECandidate(func(candidate *webrtc.ICECandidate) {
		<-p.described
		if candidate == nil {
			p.emit(object{"candidate": "", "sdpMid": "0", "sdpMLineIndex": 0})
			return
		}
		init := candidate.ToJSON()
		p.emit(object{"candidate": init.Candidate, "sdpMid": init.SDPMid,
			"sdpMLineIndex": init.SDPMLineIndex})
	})
}

func parseOptions(p *peer) (webrtc.Configuration, error) {
	var configuration webrtc.Configuration
	args := os.Args[1:]
	server := func() *webrtc.ICEServer {
		return &configuration.ICEServers[len(configuration.ICEServers)-1]
	}
	for i := 0; i < len(args); i++ {
		value := ""
		if i+1 < len(args) {
			value = args[i+1]
		}
		switch args[i] {
		case "--no-echo":
			p.echo = false
		case "--verbose":
		case "--relay-only":
			configuration.ICETransportPolicy = webrtc.ICETransportPolicyRelay
		case "--ice-server":
			configuration.ICEServers = append(configuration.ICEServers,
				webrtc.ICEServer{URLs: []string{value}})
			i++
		case "--ice-user":
			server().Username = value
			i++
		case "--ice-pass":
			server().Credential = value
			i++
		default:
			return configuration, errors.New("unknown option " + args[i])
		}
	}
	return configuration, nil
}

func main() {
	p := &peer{echo: true, channels: map[string]*webrtc.DataChannel{},
		described: make(chan struct{})}
	configuration, err := parseOptions(p)
	if err == nil {
		p.connection, err = webrtc.NewPeerConnection(configuration)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	p.watch()
	p.emit(object{"event": "ready", "peer": "pion", "version": "3"})
	input := bufio.NewScanner(os.Stdin)
	input.Buffer(nil, longestLine)
	for input.Scan() {
		if err := p.handle(input.Bytes()); err != nil {
			p.fail(err)
		}
	}
	_ = p.connection.Close()
}
