package client

import (
	"crypto/sha256"
	"io"
	"mime"
	"net/http"
	"net/url"
	"path"
	"strings"
)

// Bounds of callbacks.
const (
	maxCallbacks = 16 // under way at the same time; more are put off
	maxTaskName  = 256
)

// callbackAddress is where the ABIS sends the result of one search.
func (c *Client) callbackAddress(token string) string {
	return strings.TrimSuffix(c.cfg.Callback, "/") + "/" + token
}

// ServeHTTP takes results from the ABIS. A call proves itself by the secret at the end of its path, which was made for one
// search and told to the ABIS alone; without it nothing of the call is read, and nothing is answered but 403.
func (c *Client) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	status := http.StatusMethodNotAllowed
	if r.Method == http.MethodPost {
		status = c.take(w, r)
	}
	if status == http.StatusForbidden || status == http.StatusMethodNotAllowed {
		w.Header().Set("Connection", "close") // the body is not read
	}
	w.WriteHeader(status)
}

func (c *Client) take(w http.ResponseWriter, r *http.Request) int {
	u, err := url.Parse(c.cfg.Callback)
	if err != nil || c.cfg.Callback == "" {
		return http.StatusForbidden
	}
	dir, token := path.Split(r.URL.Path)
	if strings.TrimSuffix(dir, "/") != strings.TrimSuffix(u.Path, "/") {
		return http.StatusForbidden
	}
	key := sha256.Sum256([]byte(token))
	c.mu.Lock()
	wait := c.known[key]
	_, past := c.past[key]
	ours := wait != nil && c.fits(wait, r.URL.Query())
	c.mu.Unlock()
	if past {
		return http.StatusNoContent // it came before
	}
	if !ours {
		return http.StatusForbidden
	}
	select {
	case c.entered <- struct{}{}:
		defer func() { <-c.entered }()
	case <-r.Context().Done():
		return http.StatusInternalServerError
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxAnswer))
	if err != nil {
		return http.StatusInternalServerError // it broke off, or is too large: the ABIS may try again
	}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	c.mu.Lock()
	defer c.mu.Unlock()
	if !wait.came {
		wait.came = true
		wait.result <- answer{status: http.StatusOK, body: body, failed: kind == "application/error+json"}
	}
	return http.StatusNoContent
}

// fits says whether a call with the right secret is about the same search. The name of the task may come before the answer
// that tells us of it. The lock is held.
func (c *Client) fits(w *wait, q url.Values) bool {
	task := q.Get("taskId")
	if task == "" || len(task) > maxTaskName || w.Task.Task != "" && task != w.Task.Task {
		return false
	}
	return q.Get("transactionId") == w.ID
}
