package assets;

import java.util.Arrays;
import java.nio.charset.StandardCharsets;
import org.hyperledger.fabric.contract.Context;
import org.hyperledger.fabric.contract.ContractInterface;
import org.hyperledger.fabric.contract.annotation.Contract;
import org.hyperledger.fabric.contract.annotation.Default;
import org.hyperledger.fabric.contract.annotation.Transaction;
import org.hyperledger.fabric.shim.ChaincodeException;
import org.hyperledger.fabric.shim.ledger.KeyModification;
import org.hyperledger.fabric.shim.ledger.KeyValue;
import org.hyperledger.fabric.shim.ledger.QueryResultsIterator;

@Contract(name = "Assets")
@Default
public final class Assets implements ContractInterface {
    @Transaction
    public void create(final Context ctx, final String id, final String owner, final int value) {
        if (!ctx.getStub().getStringState(id).isEmpty()) {
            throw new ChaincodeException("asset " + id + " exists");
        }
        ctx.getStub().putStringState(id, owner + ":" + value);
        ctx.getStub().setEvent("created", id.getBytes(StandardCharsets.UTF_8));
    }

    @Transaction(intent = Transaction.TYPE.EVALUATE)
    public String read(final Context ctx, final String id) {
        String found = ctx.getStub().getStringState(id);
        if (found.isEmpty()) {
            throw new ChaincodeException("asset " + id + " does not exist");
        }
        return found;
    }

    @Transaction
    public void many(final Context ctx, final int count) {
        for (int i = 0; i < count; i++) {
            ctx.getStub().putStringState(String.format("many%05d", i), Integer.toString(i));
        }
    }

    @Transaction(intent = Transaction.TYPE.EVALUATE)
    public int count(final Context ctx) throws Exception {
        int count = 0;
        try (QueryResultsIterator<KeyValue> rows = ctx.getStub().getStateByRange("many", "many~")) {
            for (KeyValue row : rows) {
                count++;
            }
        }
        return count;
    }

    @Transaction(intent = Transaction.TYPE.EVALUATE)
    public int versions(final Context ctx, final String id) throws Exception {
        int count = 0;
        try (QueryResultsIterator<KeyModification> rows = ctx.getStub().getHistoryForKey(id)) {
            for (KeyModification row : rows) {
                count++;
            }
        }
        return count;
    }

    @Transaction(intent = Transaction.TYPE.EVALUATE)
    public String caller(final Context ctx) {
        return ctx.getClientIdentity().getMSPID();
    }
}
