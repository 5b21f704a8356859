// SPDX-License-Identifier: MIT

// Go's net/http as a client, built by test_clients_go.py and run as `go_client SCENARIO URL`. A
// scenario asks the mirror (mirror.c) and ends the program with a message when it sees anything but
// what it wants.
package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptrace"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// The transport waits for 100 as long as for anything.
var transport = &http.Transport{ExpectContinueTimeout: time.Minute, MaxConnsPerHost: 8,
	MaxIdleConnsPerHost: 8}
var client = &http.Client{Transport: transport, Timeout: time.Minute}
var large = bytes.Repeat([]byte("seal"), 50000)

func check(good bool, format string, values ...any) {
	if !good {
		log.Fatalf(format, values...)
	}
}

func whole(response *http.Response, err error) (int, []byte) {
	check(err == nil, "%v", err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	check(err == nil, "%v", err)
	return response.StatusCode, body
}

func wantOK(url string) {
	status, body := whole(client.Get(url))
	check(status == 200 && string(body) == "ok", "%d %q", status, body)
}

// Prints how many connections were opened.
func parallel(url string) {
	var opened atomic.Int64
	trace := &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) {
		if !info.Reused {
			opened.Add(1)
		}
	}}
	var group sync.WaitGroup
	for i := 0; i < 50; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			for j := 0; j < 20; j++ {
				request, _ := http.NewRequest("GET", url, nil)
				request = request.WithContext(httptrace.WithClientTrace(request.Context(), trace))
				status, body := whole(client.Do(request))
				check(status == 200 && string(body) == "ok", "%d %q", status, body)
			}
		}()
	}
	group.Wait()
	fmt.Println(opened.Load())
}

func bodies(url string) {
	// A length is not known of a reader that is none of those net/http knows.
	unknown := func() io.Reader { return io.MultiReader(bytes.NewReader(large)) }
	for _, body := range []func() io.Reader{
		func() io.Reader { return bytes.NewReader(large) }, unknown,
		func() io.Reader { return strings.NewReader("") }, func() io.Reader { return nil },
	} {
		var wanted []byte
		if body() != nil {
			wanted, _ = io.ReadAll(body())
		}
		status, got := whole(client.Post(url+"/echo", "text/x-seal", body()))
		check(status == 200 && bytes.Equal(got, wanted), "%d, %d bytes", status, len(got))
	}
	request, _ := http.NewRequest("PUT", url+"/echo", unknown())
	request.Trailer = http.Header{"Digest": []string{"sha-256=seal"}}
	status, got := whole(client.Do(request))
	check(status == 200 && bytes.Equal(got, large), "%d, %d bytes", status, len(got))
	response, err := client.Head(url + "/body/1000")
	check(err == nil && response.ContentLength == 1000, "%v", err)
}

// A body that tells whether it was asked for.
type watched struct {
	io.Reader
	read atomic.Bool
}

func (body *watched) Read(to []byte) (int, error) {
	body.read.Store(true)
	return body.Reader.Read(to)
}

func expecting(url, path string, body io.Reader) (int, []byte) {
	request, _ := http.NewRequest("POST", url+path, body)
	request.Header.Set("Expect", "100-continue")
	return whole(client.Do(request))
}

func expect(url string) {
	for i := 0; i < 10; i++ {
		status, got := expecting(url, "/echo", bytes.NewReader(large))
		check(status == 200 && bytes.Equal(got, large), "%d, %d bytes", status, len(got))
		body := &watched{Reader: bytes.NewReader(large)}
		status, _ = expecting(url, "/nowhere", body)
		check(status == 404 && !body.read.Load(), "%d", status)
	}
}

// A refusal that comes while the body is still going out.
func refused(url string) {
	for i := 0; i < 10; i++ {
		status, text := whole(client.Post(url+"/echo", "", bytes.NewReader(make([]byte, 8<<20))))
		check(status == 413 && bytes.HasPrefix(text, []byte("413 ")), "%d %q", status, text)
	}
}

func cancelled(url string) {
	for i := 0; i < 20; i++ {
		ctx, cancel := context.WithCancel(context.Background())
		request, _ := http.NewRequestWithContext(ctx, "GET", url+"/body/16777216", nil)
		response, err := client.Do(request)
		check(err == nil, "%v", err)
		_, err = io.ReadFull(response.Body, make([]byte, 1000))
		check(err == nil, "%v", err)
		cancel()
		response.Body.Close()
	}
	wantOK(url)
}

// Connections that the server closes are not taken again.
func closing(url string) {
	for i := 0; i < 20; i++ {
		status, body := whole(client.Get(url + "/close"))
		check(status == 200 && string(body) == "closing", "%d %q", status, body)
		wantOK(url)
	}
}

func wrongDoor(url string) {
	_, err := client.Get(strings.Replace(url, "http:", "https:", 1))
	check(err != nil && strings.Contains(err.Error(), "HTTP response to HTTPS client"), "%v", err)
	wantOK(url)
}

func main() {
	log.SetFlags(0)
	scenarios := map[string]func(string){"parallel": parallel, "bodies": bodies, "expect": expect,
		"refused": refused, "cancelled": cancelled, "closing": closing, "wrongDoor": wrongDoor}
	scenarios[os.Args[1]](os.Args[2])
}
