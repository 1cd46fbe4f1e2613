// SPDX-License-Identifier: MPL-2.0

package main

import (
	"io"
	"sync"
	"time"

	"github.com/pion/webrtc"
)

// end is one end of a connection: it sends, counts, echoes and takes times.
type end struct {
	id         int
	buffer     uint64
	twin       *end // in the same process, or nil
	connection *webrtc.PeerConnection
	described  chan struct{} // closed once the description went over: candidates come after it
	low        chan struct{} // the buffer has drained

	mutex    sync.Mutex // of what follows
	channel  *webrtc.DataChannel
	stream   io.ReadWriteCloser // the detached channel
	isClosed bool
	echoes   bool
	received int64
	bytes    int64
	expected int64 // -1 until it is told
	firstUs  int64
	lastUs   int64
	ping     []byte
	pingUs   int64
	left     int
	times    []int64
}

func newEnd(api *webrtc.API, id int, buffer uint64) (*end, error) {
	connection, err := api.NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		return nil, err
	}
	e := &end{id: id, buffer: buffer, connection: connection, described: make(chan struct{}),
		low: make(chan struct{}, 1), expected: -1}
	connection.OnDataChannel(e.adopt)
	connection.OnICECandidate(func(candidate *webrtc.ICECandidate) {
		<-e.described
		if candidate != nil {
			e.noteCandidate(candidate.ToJSON())
		}
	})
	return e, nil
}

func (e *end) adopt(channel *webrtc.DataChannel) {
	e.mutex.Lock()
	e.channel = channel
	e.mutex.Unlock()
	channel.OnBufferedAmountLow(func() {
		select {
		case e.low <- struct{}{}:
		default:
		}
	})
	channel.OnOpen(func() {
		stream, err := channel.Detach()
		if err != nil {
			fail(e.id, err)
			return
		}
		e.mutex.Lock()
		e.stream = stream
		e.mutex.Unlock()
		go e.read(stream)
		e.noteOpen()
	})
}

var opening sync.Mutex

// noteOpen tells of a pair when both of its ends are open.
func (e *end) noteOpen() {
	opening.Lock()
	defer opening.Unlock()
	if e.twin == nil || e.twin.isOpen() {
		emit("open", e.id, nil)
	}
}

func (e *end) isOpen() bool {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	return e.stream != nil
}

func (e *end) read(stream io.Reader) {
	data := make([]byte, longestMessage)
	for {
		size, err := stream.Read(data)
		if err != nil {
			return // closed
		}
		e.take(data[:size], nowMicroseconds())
	}
}

func (e *end) take(data []byte, now int64) {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	if e.ping != nil {
		e.takeEcho(now)
		return
	}
	if e.echoes {
		e.write(data)
		return
	}
	if e.received == 0 {
		e.firstUs = now
	}
	e.lastUs = now
	e.received++
	e.bytes += int64(len(data))
	e.tellWhenAllCame()
}

// write is called with the lock.
func (e *end) write(data []byte) {
	if _, err := e.stream.Write(data); err != nil && !e.isClosed {
		fail(e.id, err)
	}
}

// takeEcho is called with the lock.
func (e *end) takeEcho(now int64) {
	e.times = append(e.times, now-e.pingUs)
	if e.left--; e.left > 0 {
		e.pingUs = nowMicroseconds()
		e.write(e.ping)
		return
	}
	e.ping = nil
	emit("rtt", e.id, object{"us": e.times})
}

func (e *end) startPing(size, count int) error {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	e.ping = makeMessage(size)
	e.left = count
	e.times = make([]int64, 0, count)
	e.pingUs = nowMicroseconds()
	e.write(e.ping)
	return nil
}

// tellWhenAllCame is called with the lock.
func (e *end) tellWhenAllCame() {
	if e.expected >= 0 && e.received >= e.expected {
		e.expected = -1
		emit("received", e.id, object{"messages": e.received, "bytes": e.bytes,
			"first_us": e.firstUs, "last_us": e.lastUs})
	}
}

func (e *end) expect(messages int64) {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	e.expected = messages
	e.tellWhenAllCame()
}

func (e *end) setEcho() {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	e.echoes = true
}

func (e *end) reset() {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	e.received, e.bytes, e.expected = 0, 0, -1
}

// send hands messages over until the time is up, each when no more than the buffer is waiting. One
// that would have to fit into the buffer as well would be alone in it at 64 KiB, and wait for the
// receiver's delayed acknowledgement each time.
func (e *end) send(size int, duration time.Duration) {
	message := makeMessage(size)
	e.channel.SetBufferedAmountLowThreshold(e.buffer)
	until := time.Now().Add(duration)
	messages := 0
	for time.Now().Before(until) {
		if e.channel.BufferedAmount() > e.buffer {
			<-e.low
			continue
		}
		if _, err := e.stream.Write(message); err != nil {
			fail(e.id, err)
			return
		}
		messages++
	}
	emit("sent", e.id, object{"messages": messages})
}

func (e *end) offer() error {
	channel, err := e.connection.CreateDataChannel("bench", nil)
	if err != nil {
		return err
	}
	e.adopt(channel)
	return e.describe(e.connection.CreateOffer(nil))
}

func (e *end) describe(description webrtc.SessionDescription, err error) error {
	if err != nil {
		return err
	}
	if err = e.connection.SetLocalDescription(description); err != nil {
		return err
	}
	if e.twin != nil {
		err = e.twin.takeDescription(description.Type.String(), description.SDP)
	} else {
		emit("description", e.id, object{"type": description.Type.String(),
			"sdp": description.SDP})
	}
	close(e.described)
	return err
}

func (e *end) takeDescription(kind, sdp string) error {
	description := webrtc.SessionDescription{Type: webrtc.NewSDPType(kind), SDP: sdp}
	if err := e.connection.SetRemoteDescription(description); err != nil {
		return err
	}
	if description.Type != webrtc.SDPTypeOffer {
		return nil
	}
	return e.describe(e.connection.CreateAnswer(nil))
}

func (e *end) noteCandidate(candidate webrtc.ICECandidateInit) {
	if e.twin != nil {
		if err := e.twin.takeCandidate(candidate); err != nil {
			fail(e.id, err)
		}
		return
	}
	mid, index := "0", uint16(0)
	if candidate.SDPMid != nil && *candidate.SDPMid != "" {
		mid = *candidate.SDPMid
	}
	if candidate.SDPMLineIndex != nil {
		index = *candidate.SDPMLineIndex
	}
	emit("candidate", e.id, object{"candidate": candidate.Candidate, "mid": mid, "index": index})
}

func (e *end) takeCandidate(candidate webrtc.ICECandidateInit) error {
	return e.connection.AddICECandidate(candidate)
}

func (e *end) close() {
	e.mutex.Lock()
	e.isClosed = true
	e.mutex.Unlock()
	_ = e.connection.Close()
}
