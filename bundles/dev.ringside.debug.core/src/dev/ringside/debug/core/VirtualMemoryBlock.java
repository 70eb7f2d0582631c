package dev.ringside.debug.core;

import dev.ringside.machine.MachineControl.AddressKind;
import dev.ringside.machine.MachineControl.MemoryBytes;
import java.math.BigInteger;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.debug.core.DebugEvent;
import org.eclipse.debug.core.DebugException;
import org.eclipse.debug.core.model.DebugElement;
import org.eclipse.debug.core.model.IMemoryBlockExtension;
import org.eclipse.debug.core.model.IMemoryBlockRetrieval;
import org.eclipse.debug.core.model.MemoryByte;

/** The linear address space of a machine's first virtual CPU from one address on, for the Memory view. Bytes that are not mapped are not readable. */
public final class VirtualMemoryBlock extends DebugElement implements IMemoryBlockExtension {
    private static final BigInteger LAST = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);
    private static final int ADDRESS_BYTES = 8;

    private final VmDebugTarget target;
    private final String expression;
    private final BigInteger base;
    private final Set<Object> connections = ConcurrentHashMap.newKeySet();

    VirtualMemoryBlock(VmDebugTarget target, String expression, long base) {
        super(target);
        this.target = target;
        this.expression = expression;
        this.base = VmDebugTarget.unsigned(base);
    }

    @Override
    public String getModelIdentifier() {
        return DebugCore.ID;
    }

    @Override
    public String getExpression() {
        return expression;
    }

    @Override
    public IMemoryBlockRetrieval getMemoryBlockRetrieval() {
        return target;
    }

    // Where

    @Override
    public BigInteger getBigBaseAddress() {
        return base;
    }

    @Override
    public long getStartAddress() {
        return base.longValue();
    }

    @Override
    public BigInteger getMemoryBlockStartAddress() {
        return BigInteger.ZERO;
    }

    @Override
    public BigInteger getMemoryBlockEndAddress() {
        return LAST;
    }

    /** Null: it ends where the address space does. */
    @Override
    public BigInteger getBigLength() {
        return null;
    }

    @Override
    public long getLength() {
        return -1;
    }

    @Override
    public int getAddressSize() {
        return ADDRESS_BYTES;
    }

    @Override
    public int getAddressableSize() {
        return 1;
    }

    @Override
    public boolean supportBaseAddressModification() {
        return false;
    }

    @Override
    public void setBaseAddress(BigInteger address) throws DebugException {
        notSupported("add another monitor for another address", null);
    }

    // What

    @Override
    public MemoryByte[] getBytesFromOffset(BigInteger unitOffset, long addressableUnits) throws DebugException {
        return getBytesFromAddress(base.add(unitOffset), addressableUnits);
    }

    @Override
    public MemoryByte[] getBytesFromAddress(BigInteger address, long units) throws DebugException {
        MemoryBytes read = Answers.await(target.machine().readMemory(AddressKind.VIRTUAL, 0, address.longValue(), (int) units));
        MemoryByte[] bytes = new MemoryByte[read.bytes().length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = new MemoryByte(read.bytes()[i], flags(read.readable()[i]));
        }
        return bytes;
    }

    private static byte flags(boolean readable) {
        int known = MemoryByte.ENDIANESS_KNOWN;
        return (byte) (readable ? known | MemoryByte.READABLE | MemoryByte.WRITABLE : known);
    }

    @Override
    public byte[] getBytes() throws DebugException {
        return Answers.await(target.machine().readMemory(AddressKind.VIRTUAL, 0, base.longValue(), 256)).bytes();
    }

    @Override
    public boolean supportsValueModification() {
        return target.canResume();
    }

    @Override
    public void setValue(long offset, byte[] bytes) throws DebugException {
        setValue(BigInteger.valueOf(offset), bytes);
    }

    @Override
    public void setValue(BigInteger offset, byte[] bytes) throws DebugException {
        Answers.await(target.machine().writeMemory(AddressKind.VIRTUAL, 0, base.add(offset).longValue(), bytes));
        fireChangeEvent(DebugEvent.CONTENT);
    }

    /** False: the Memory view compares for itself. */
    @Override
    public boolean supportsChangeManagement() {
        return false;
    }

    @Override
    public void connect(Object client) {
        connections.add(client);
    }

    @Override
    public void disconnect(Object client) {
        connections.remove(client);
    }

    @Override
    public Object[] getConnections() {
        return connections.toArray();
    }

    @Override
    public void dispose() {
        connections.clear();
    }
}
