// SPDX-License-Identifier: MPL-2.0

// pion as a peer of the benchmark. See ../../README.md for the protocol.
//
// Channels are detached, as pion advises for throughput, and as it has to be for messages of 64 KiB.
// Built in GOPATH mode against Debian's golang-github-pion-webrtc.v3-dev.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/pion/webrtc"
)

const (
	longestLine    = 1 << 20
	longestMessage = 1 << 18
)

// version is set by the linker.
var version = "3"

var began = time.Now()

// command is any line that the driver writes.
type command struct {
	Op        string  `json:"op"`
	ID        int     `json:"id"`
	Type      string  `json:"type"`
	SDP       string  `json:"sdp"`
	Candidate string  `json:"candidate"`
	Mid       string  `json:"mid"`
	Index     uint16  `json:"index"`
	Size      int     `json:"size"`
	Seconds   float64 `json:"seconds"`
	Messages  int64   `json:"messages"`
	Count     int     `json:"count"`
}

type object map[string]interface{}

var output sync.Mutex

func emit(name string, id int, fields object) {
	line := object{"ev": name, "id": id}
	for key, value := range fields {
		line[key] = value
	}
	text, err := json.Marshal(line)
	if err != nil {
		panic(err)
	}
	output.Lock()
	defer output.Unlock()
	fmt.Println(string(text))
}

func fail(id int, err error) {
	emit("error", id, object{"message": err.Error()})
}

func nowMicroseconds() int64 {
	return time.Since(began).Microseconds()
}

func makeMessage(size int) []byte {
	data := make([]byte, size)
	for i := range data {
		data[i] = byte(31*i + 7)
	}
	return data
}

// peer holds the connections by their number: both ends of each, or the same one twice.
type peer struct {
	api    *webrtc.API
	buffer uint64
	ends   map[int][2]*end
}

func (p *peer) add(id int, isPair bool) ([2]*end, error) {
	near, err := newEnd(p.api, id, p.buffer)
	if err != nil {
		return [2]*end{}, err
	}
	ends := [2]*end{near, near}
	if isPair {
		if ends[1], err = newEnd(p.api, id, p.buffer); err != nil {
			return ends, err
		}
		ends[0].twin, ends[1].twin = ends[1], ends[0]
	}
	p.ends[id] = ends
	return ends, nil
}

func (p *peer) start(c *command) error {
	ends, err := p.add(c.ID, c.Op == "pair")
	if err == nil {
		err = ends[0].offer()
	}
	return err
}

func (p *peer) takeDescription(c *command) error {
	ends, isKnown := p.ends[c.ID]
	if !isKnown {
		var err error
		if ends, err = p.add(c.ID, false); err != nil {
			return err
		}
	}
	return ends[0].takeDescription(c.Type, c.SDP)
}

func (p *peer) close(id int) {
	ends := p.ends[id]
	delete(p.ends, id)
	// Closing waits for the network: others go on meanwhile.
	go func() {
		for i, end := range ends {
			if end != nil && (i == 0 || end != ends[0]) {
				end.close()
			}
		}
		emit("closed", id, nil)
	}()
}

func (p *peer) handle(c *command) error {
	switch c.Op {
	case "offer", "pair":
		return p.start(c)
	case "description":
		return p.takeDescription(c)
	case "close":
		p.close(c.ID)
		return nil
	}
	ends, isKnown := p.ends[c.ID]
	if !isKnown {
		return errors.New("no such connection")
	}
	switch c.Op {
	case "candidate":
		return ends[0].takeCandidate(webrtc.ICECandidateInit{Candidate: c.Candidate,
			SDPMid: &c.Mid, SDPMLineIndex: &c.Index})
	case "send":
		go ends[0].send(c.Size, time.Duration(c.Seconds*float64(time.Second)))
	case "ping":
		return ends[0].startPing(c.Size, c.Count)
	case "expect":
		ends[1].expect(c.Messages)
	case "echo":
		ends[1].setEcho()
	case "reset":
		ends[1].reset()
	default:
		return errors.New("unknown command " + c.Op)
	}
	return nil
}

func main() {
	buffer := flag.Uint64("buffer", 64*1024, "how many bytes may wait to be sent")
	flag.Parse()
	engine := webrtc.SettingEngine{}
	engine.DetachDataChannels()
	p := &peer{api: webrtc.NewAPI(webrtc.WithSettingEngine(engine)), buffer: *buffer,
		ends: map[int][2]*end{}}
	emit("ready", 0, object{"stack": "pion", "version": version,
		"modes": []string{"one", "two"}})
	input := bufio.NewScanner(os.Stdin)
	input.Buffer(nil, longestLine)
	for input.Scan() {
		var c command
		if err := json.Unmarshal(input.Bytes(), &c); err != nil {
			fail(0, err)
		} else if c.Op == "quit" {
			return
		} else if err := p.handle(&c); err != nil {
			fail(c.ID, err)
		}
	}
}
