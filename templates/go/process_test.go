package main

import (
	"context"
	"reflect"
	"testing"
)

const transaction = `{
  "version": "2",
  "dcrn": "Transaction::L1::FullTransaction",
  "header": {
    "txn_type": "greeting", "dc_id": "chain", "txn_id": "t1", "block_id": "7",
    "timestamp": "1700000000", "tag": "", "invoker": ""
  },
  "payload": {"name": "Ann"}
}`

func TestTheResultHoldsThePayload(t *testing.T) {
	env := map[string]string{"SMART_CONTRACT_NAME": "greeting"}
	result := Process(context.Background(), transaction, env, nil)
	if result.Error != nil {
		t.Fatal(result.Error)
	}
	if !result.OutputToChain {
		t.Error("the result does not go to the chain")
	}
	want := map[string]any{"status": "success", "contract": "greeting", "data": map[string]any{"name": "Ann"}}
	if !reflect.DeepEqual(result.Data, want) {
		t.Errorf("got %v, want %v", result.Data, want)
	}
}

func TestWhatIsNoTransactionIsAnError(t *testing.T) {
	if result := Process(context.Background(), "{", nil, nil); result.Error == nil {
		t.Error("half a transaction was processed")
	}
}

func TestAPayloadThatIsNoObjectIsAnError(t *testing.T) {
	if result := Process(context.Background(), `{"header":{},"payload":[1]}`, nil, nil); result.Error == nil {
		t.Error("a list was processed as an object")
	}
}
