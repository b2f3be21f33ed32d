package client

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"convenio/finger"
	"convenio/osia/abis"
)

// all is the name that stands for every gallery; it is never used.
const all = "ALL"

// encounterID names the one encounter that a person has in the ABIS.
const encounterID = "convenio"

// Finger is a picture of one finger.
type Finger struct {
	Position finger.Position // finger.Unknown is sent as UNKNOWN
	PNG      []byte
	PPI      int // 0: the picture says it
}

func items(fingers []Finger) []abis.BiometricData {
	out := make([]abis.BiometricData, len(fingers))
	for i, f := range fingers {
		sub := abis.BiometricSubType(strings.ReplaceAll(strings.ToUpper(f.Position.String()), "-", "_"))
		image, mime, compression := base64.StdEncoding.EncodeToString(f.PNG), "image/png", abis.CompressionType("PNG")
		out[i] = abis.BiometricData{BiometricType: "FINGER", BiometricSubType: &sub, Image: &image, MimeType: &mime, Compression: &compression}
		if f.PPI > 0 {
			out[i].Resolution = &f.PPI
		}
	}
	return out
}

func checkGallery(name string) error {
	if name == "" || name == all {
		return fmt.Errorf("gallery %q: not one that anybody is put into or searched in", name)
	}
	return nil
}

// Put has the ABIS hold a person with these fingers in one gallery, whatever it held of the person before. transaction is a
// name for what the call is part of.
func (c *Client) Put(ctx context.Context, transaction, person, gallery string, fingers []Finger) error {
	if err := checkGallery(gallery); err != nil {
		return err
	}
	ctx, cancel := c.within(ctx, c.cfg.CallTimeout)
	defer cancel()
	e := abis.Encounter{Status: "ACTIVE", EncounterType: encounterID, Galleries: []string{gallery}, BiometricData: items(fingers)}
	// The person may be there: from a call whose answer never came. It may go between two calls, but not again and again.
	for range 2 {
		a, err := c.call(ctx, "createEncounter", func(ctx context.Context) (*http.Response, error) {
			return c.abis.CreateEncounter(ctx, person, encounterID, &abis.CreateEncounterParams{TransactionId: transaction}, e, c.bearer)
		}, http.StatusOK, http.StatusConflict)
		if err != nil || a.status == http.StatusOK {
			return err
		}
		a, err = c.call(ctx, "updateEncounter", func(ctx context.Context) (*http.Response, error) {
			return c.abis.UpdateEncounter(ctx, person, encounterID, &abis.UpdateEncounterParams{TransactionId: transaction}, e, c.bearer)
		}, http.StatusOK, http.StatusNotFound)
		if err != nil || a.status == http.StatusOK {
			return err
		}
	}
	return errors.New("updateEncounter: the ABIS says that the person is there and that it is not")
}

// Move puts a person into one gallery alone. ErrUnknown when the ABIS does not hold the person.
func (c *Client) Move(ctx context.Context, transaction, person, gallery string) error {
	if err := checkGallery(gallery); err != nil {
		return err
	}
	ctx, cancel := c.within(ctx, c.cfg.CallTimeout)
	defer cancel()
	const op = "updateEncounterGalleries"
	a, err := c.call(ctx, op, func(ctx context.Context) (*http.Response, error) {
		return c.abis.UpdateEncounterGalleries(ctx, person, encounterID, &abis.UpdateEncounterGalleriesParams{TransactionId: transaction}, []string{gallery}, c.bearer)
	}, http.StatusOK, http.StatusNoContent, http.StatusBadRequest, http.StatusNotFound) // the interface has no 404 here: 400 may mean it
	if err == nil && a.status >= http.StatusBadRequest {
		err = fmt.Errorf("%s: %w", op, ErrUnknown)
	}
	return err
}

// Delete ends a person at the ABIS. To delete who is not there is no error.
func (c *Client) Delete(ctx context.Context, transaction, person string) error {
	ctx, cancel := c.within(ctx, c.cfg.CallTimeout)
	defer cancel()
	_, err := c.call(ctx, "deleteAll", func(ctx context.Context) (*http.Response, error) {
		return c.abis.DeleteAll(ctx, person, &abis.DeleteAllParams{TransactionId: transaction}, c.bearer)
	}, http.StatusOK, http.StatusNoContent, http.StatusNotFound)
	return err
}

// Content lists who is in a gallery, a page of it; nobody when there is no such gallery.
func (c *Client) Content(ctx context.Context, transaction, gallery string, offset, limit int) (people []string, err error) {
	ctx, cancel := c.within(ctx, c.cfg.CallTimeout)
	defer cancel()
	const op = "readGalleryContent"
	a, err := c.call(ctx, op, func(ctx context.Context) (*http.Response, error) {
		return c.abis.ReadGalleryContent(ctx, gallery, &abis.ReadGalleryContentParams{TransactionId: transaction, Offset: &offset, Limit: &limit}, c.bearer)
	}, http.StatusOK, http.StatusNotFound)
	if err != nil || a.status == http.StatusNotFound {
		return nil, err
	}
	err = each(op, a.body, limit, func(p abis.PersonIds) { people = append(people, p.PersonId) })
	return people, err
}
