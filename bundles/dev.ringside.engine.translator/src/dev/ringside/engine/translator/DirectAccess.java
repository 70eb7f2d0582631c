package dev.ringside.engine.translator;

import static java.lang.classfile.ClassFile.ACC_FINAL;
import static java.lang.classfile.ClassFile.ACC_PRIVATE;
import static java.lang.classfile.ClassFile.ACC_PUBLIC;
import static java.lang.classfile.ClassFile.ACC_STATIC;

import dev.ringside.engine.SoftMmu;
import dev.ringside.memory.RawMemory;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.util.function.Consumer;

/**
 * {@link GuestAccess} once more, with its accesses written as calls of {@code jdk.internal.misc.Unsafe}. Java source for this release cannot
 * name that class, and through the method handles that {@link RawMemory} must use instead code is slow until HotSpot's last compiler has seen it,
 * and larger for it. So the class is generated.
 */
final class DirectAccess {
    private static final ClassDesc THIS = ClassDesc.of(DirectAccess.class.getPackageName(), "GuestAccessDirect");
    private static final ClassDesc UNSAFE = ClassDesc.of("jdk.internal.misc.Unsafe");
    private static final ClassDesc J = ConstantDescs.CD_long;
    private static final ClassDesc OBJECT = ConstantDescs.CD_Object;
    private static final ClassDesc VOID = ConstantDescs.CD_void;
    private static final MethodTypeDesc ENTRY = MethodTypeDesc.of(J, J, J);
    private static final MethodTypeDesc MISSES = MethodTypeDesc.of(ConstantDescs.CD_boolean, J, J, J);
    private static final MethodTypeDesc LOAD = ENTRY;
    private static final MethodTypeDesc STORE = MethodTypeDesc.of(VOID, J, J, J);
    private static final long PAGE = -4096;

    /** What regions call: the generated class where that is possible, else {@link GuestAccess}. */
    static final ClassDesc ACCESS = RawMemory.isFast() ? define() : GuestAccess.class.describeConstable().orElseThrow();

    private DirectAccess() {
    }

    private static ClassDesc define() {
        try {
            MethodHandles.lookup().defineClass(ClassFile.of().build(THIS, DirectAccess::write));
            return THIS;
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }

    private static void write(ClassBuilder type) {
        type.withVersion(ClassFile.JAVA_25_VERSION, 0).withFlags(ACC_PUBLIC | ACC_FINAL).withField("U", UNSAFE, ACC_PRIVATE | ACC_STATIC | ACC_FINAL);
        method(type, ConstantDescs.CLASS_INIT_NAME, ConstantDescs.MTD_void,
            c -> c.invokestatic(UNSAFE, "getUnsafe", MethodTypeDesc.of(UNSAFE)).putstatic(THIS, "U", UNSAFE).return_());
        method(type, "entry", ENTRY, c -> c.lload(0).lload(2).bipush(SoftMmu.INDEX_SHIFT).lushr().loadConstant((long) SoftMmu.INDEX_MASK).land().ladd().lreturn());
        method(type, "host", ENTRY, c -> {
            unsafe(c);
            c.lload(0).lload(2).invokestatic(THIS, "entry", ENTRY).loadConstant((long) SoftMmu.ADDEND).ladd();
            get(c, "getLong", J);
            c.lload(2).ladd().lreturn();
        });
        misses(type, "readMisses", SoftMmu.READ_TAG);
        misses(type, "writeMisses", SoftMmu.WRITE_TAG);
        load(type, "load8", 0, c -> get(c, "getByte", ConstantDescs.CD_byte).loadConstant(255).iand().i2l());
        load(type, "load16", 0, c -> get(c, "getChar", ConstantDescs.CD_char).i2l());
        load(type, "load32", 0, c -> get(c, "getInt", ConstantDescs.CD_int).i2l().loadConstant(0xffff_ffffL).land());
        load(type, "load64", 0, c -> get(c, "getLong", J));
        load(type, "loadHigh", 8, c -> get(c, "getLong", J));
        store(type, "store8", 0, c -> put(c.l2i().i2b(), "putByte", ConstantDescs.CD_byte));
        store(type, "store16", 0, c -> put(c.l2i().i2c(), "putChar", ConstantDescs.CD_char));
        store(type, "store32", 0, c -> put(c.l2i(), "putInt", ConstantDescs.CD_int));
        store(type, "store64", 0, c -> put(c, "putLong", J));
        store(type, "storeHigh", 8, c -> put(c, "putLong", J));
    }

    private static void method(ClassBuilder type, String name, MethodTypeDesc signature, Consumer<CodeBuilder> body) {
        type.withMethodBody(name, signature, ACC_PUBLIC | ACC_STATIC, body::accept);
    }

    private static void unsafe(CodeBuilder c) {
        c.getstatic(THIS, "U", UNSAFE).aconst_null();
    }

    /** Unsafe, null and an address are on the stack. */
    private static CodeBuilder get(CodeBuilder c, String name, ClassDesc as) {
        return c.invokevirtual(UNSAFE, name, MethodTypeDesc.of(as, OBJECT, J));
    }

    /** Unsafe, null, an address and the value are on the stack. */
    private static void put(CodeBuilder c, String name, ClassDesc as) {
        c.invokevirtual(UNSAFE, name, MethodTypeDesc.of(VOID, OBJECT, J, as));
    }

    private static void misses(ClassBuilder type, String name, int tag) {
        method(type, name, MISSES, c -> {
            unsafe(c);
            c.lload(0).lload(2).invokestatic(THIS, "entry", ENTRY);
            if (tag != 0) {
                c.loadConstant((long) tag).ladd();
            }
            get(c, "getLong", J);
            var hit = c.newLabel();
            c.lload(4).loadConstant(PAGE).land().lcmp().ifeq(hit).iconst_1().ireturn().labelBinding(hit).iconst_0().ireturn();
        });
    }

    private static void load(ClassBuilder type, String name, int offset, Consumer<CodeBuilder> get) {
        method(type, name, LOAD, c -> {
            address(c, offset);
            get.accept(c);
            c.lreturn();
        });
    }

    private static void store(ClassBuilder type, String name, int offset, Consumer<CodeBuilder> put) {
        method(type, name, STORE, c -> {
            address(c, offset);
            c.lload(4);
            put.accept(c);
            c.return_();
        });
    }

    private static void address(CodeBuilder c, int offset) {
        unsafe(c);
        c.lload(0).lload(2).invokestatic(THIS, "host", ENTRY);
        if (offset != 0) {
            c.loadConstant((long) offset).ladd();
        }
    }
}
