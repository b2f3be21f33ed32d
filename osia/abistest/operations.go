package abistest

import (
	"encoding/json"
	"net/http"
	"slices"

	"convenio/osia/abis"
)

// Identify implements abis.ServerInterface.
func (a *ABIS) Identify(w http.ResponseWriter, _ *http.Request, gallery string, p abis.IdentifyParams) {
	a.mu.Lock()
	bring, deliver := a.Bring, a.Deliver
	a.mu.Unlock()
	var names []string
	if bring != nil {
		names = bring(gallery)
	} else {
		names = a.In(gallery)
	}
	list := []abis.Candidate{}
	for i, n := range names {
		list = append(list, abis.Candidate{PersonId: n, Rank: int32(i + 1), Score: 1})
	}
	if p.Callback == nil {
		a.json(w, http.StatusOK, list)
		return
	}
	t := a.newTask(*p.Callback, p.TransactionId, list)
	if deliver == nil {
		deliver = (*Task).Soon
	}
	deliver(t)
	a.json(w, http.StatusAccepted, abis.TaskId{TaskId: t.ID})
}

func (a *ABIS) task(id string) *Task {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.tasks[id]
}

// Purge forgets all tasks.
func (a *ABIS) Purge() {
	a.mu.Lock()
	defer a.mu.Unlock()
	clear(a.tasks)
}

// ReadTaskStatus implements abis.ServerInterface.
func (a *ABIS) ReadTaskStatus(w http.ResponseWriter, _ *http.Request, id string, _ abis.ReadTaskStatusParams) {
	t := a.task(id)
	if t == nil {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	a.mu.Lock()
	state := t.State
	a.mu.Unlock()
	a.json(w, http.StatusOK, state)
}

// RedeliverTaskResult implements abis.ServerInterface.
func (a *ABIS) RedeliverTaskResult(w http.ResponseWriter, _ *http.Request, id string, _ abis.RedeliverTaskResultParams) {
	t := a.task(id)
	if t == nil {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	a.mu.Lock()
	again := a.Redeliver
	a.mu.Unlock()
	if again == nil {
		again = (*Task).Soon
	}
	again(t)
	w.WriteHeader(http.StatusNoContent)
}

// put keeps an encounter under the script's lock; make says whether it is to be new.
func (a *ABIS) put(w http.ResponseWriter, r *http.Request, person, encounter string, make bool) {
	var e abis.Encounter
	if err := json.NewDecoder(r.Body).Decode(&e); err != nil {
		a.json(w, http.StatusBadRequest, abis.Error{Code: 400, Message: "not JSON"})
		return
	}
	a.mu.Lock()
	_, there := a.people[person]
	if there != make {
		a.people[person] = e
	}
	a.mu.Unlock()
	switch {
	case there && make:
		w.WriteHeader(http.StatusConflict)
	case !there && !make:
		w.WriteHeader(http.StatusNotFound)
	default:
		a.json(w, http.StatusOK, abis.ExtendablePersonIds{PersonId: person, EncounterId: encounter})
	}
}

// CreateEncounter implements abis.ServerInterface.
func (a *ABIS) CreateEncounter(w http.ResponseWriter, r *http.Request, person, encounter string, _ abis.CreateEncounterParams) {
	a.put(w, r, person, encounter, true)
}

// UpdateEncounter implements abis.ServerInterface.
func (a *ABIS) UpdateEncounter(w http.ResponseWriter, r *http.Request, person, encounter string, _ abis.UpdateEncounterParams) {
	a.put(w, r, person, encounter, false)
}

// UpdateEncounterGalleries implements abis.ServerInterface.
func (a *ABIS) UpdateEncounterGalleries(w http.ResponseWriter, r *http.Request, person, _ string, _ abis.UpdateEncounterGalleriesParams) {
	var galleries []string
	err := json.NewDecoder(r.Body).Decode(&galleries)
	a.mu.Lock()
	e, there := a.people[person]
	if there && err == nil {
		e.Galleries = galleries
		a.people[person] = e
	}
	a.mu.Unlock()
	if !there || err != nil {
		a.json(w, http.StatusBadRequest, abis.Error{Code: 400, Message: "no such encounter"})
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// DeleteAll implements abis.ServerInterface.
func (a *ABIS) DeleteAll(w http.ResponseWriter, _ *http.Request, person string, _ abis.DeleteAllParams) {
	a.mu.Lock()
	_, there := a.people[person]
	delete(a.people, person)
	a.mu.Unlock()
	if !there {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// ReadGalleryContent implements abis.ServerInterface.
func (a *ABIS) ReadGalleryContent(w http.ResponseWriter, _ *http.Request, gallery string, p abis.ReadGalleryContentParams) {
	list := []abis.PersonIds{}
	for _, n := range a.In(gallery) {
		list = append(list, abis.PersonIds{PersonId: n, EncounterId: "1"})
	}
	if len(list) == 0 {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	if p.Offset != nil {
		list = list[min(*p.Offset, len(list)):]
	}
	if p.Limit != nil {
		list = list[:min(*p.Limit, len(list))]
	}
	a.json(w, http.StatusOK, list)
}

// Remove takes a person out behind the client's back; Place puts one into galleries.
func (a *ABIS) Remove(person string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.people, person)
}

// Place puts somebody into galleries behind the client's back.
func (a *ABIS) Place(person string, galleries ...string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	e := a.people[person]
	e.Galleries = slices.Clone(galleries)
	a.people[person] = e
}
