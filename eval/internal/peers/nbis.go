package main

import (
	"bufio"
	"bytes"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"convenio/eval"
)

// runNBIS hands the same pixels to NIST's engine in a folder that is removed afterwards.
func runNBIS(program string, images []picture, res float64) (one, error) {
	dir, err := os.MkdirTemp("", "peers-")
	if err != nil {
		return one{}, err
	}
	defer os.RemoveAll(dir)
	var list strings.Builder
	for i, p := range images {
		name := filepath.Join(dir, strconv.Itoa(i)+".pgm")
		head := fmt.Sprintf("P5\n%d %d\n255\n", p.image.Width, p.image.Height)
		if err := os.WriteFile(name, append([]byte(head), p.image.Pix...), 0o600); err != nil {
			return one{}, err
		}
		fmt.Fprintln(&list, name)
	}
	listFile := filepath.Join(dir, "list")
	if err := os.WriteFile(listFile, []byte(list.String()), 0o600); err != nil {
		return one{}, err
	}
	cmd := exec.Command(program, listFile, strconv.FormatFloat(res, 'f', -1, 64)) //nolint:gosec,noctx // the program that the script has just built; it ends by itself
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return one{}, fmt.Errorf("run %s: %w", program, err)
	}
	return readNBIS(out, images)
}

// readNBIS reads lines "i j score" and the last, "# extract_seconds X compare_seconds Y".
func readNBIS(out []byte, images []picture) (one, error) {
	var scores []eval.Score
	var extracting, comparing float64
	for sc := bufio.NewScanner(bytes.NewReader(out)); sc.Scan(); {
		p := strings.Fields(sc.Text())
		if len(p) == 5 && p[0] == "#" {
			var errX, errY error
			extracting, errX = strconv.ParseFloat(p[2], 64)
			comparing, errY = strconv.ParseFloat(p[4], 64)
			if errX != nil || errY != nil {
				return one{}, fmt.Errorf("read times %q", sc.Text())
			}
			continue
		}
		if len(p) != 3 {
			return one{}, fmt.Errorf("read score %q: want three words", sc.Text())
		}
		i, errI := strconv.Atoi(p[0])
		j, errJ := strconv.Atoi(p[1])
		if errI != nil || errJ != nil || i < 0 || j < 0 || i >= len(images) || j >= len(images) {
			return one{}, fmt.Errorf("read score %q: no such images", sc.Text())
		}
		v := eval.Failed
		if p[2] != "-" {
			n, err := strconv.Atoi(p[2])
			if err != nil {
				return one{}, fmt.Errorf("read score %q: %w", sc.Text(), err)
			}
			v = float64(n)
		}
		scores = append(scores, eval.Score{A: images[i].sample, B: images[j].sample, Value: v})
	}
	n := len(images)
	if len(scores) != n*(n-1)/2 || extracting == 0 {
		return one{}, fmt.Errorf("%d scores of %d images, extracted in %v s: the program did not finish", len(scores), n, extracting)
	}
	failed := one{failures: unread(scores)}
	return failed.rate(scores, n, seconds(extracting), seconds(comparing))
}

// unread counts the samples that have no score at all.
func unread(scores []eval.Score) int {
	fine, all := map[eval.Sample]bool{}, map[eval.Sample]bool{}
	for _, s := range scores {
		all[s.A], all[s.B] = true, true
		if !math.IsInf(s.Value, -1) {
			fine[s.A], fine[s.B] = true, true
		}
	}
	return len(all) - len(fine)
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
