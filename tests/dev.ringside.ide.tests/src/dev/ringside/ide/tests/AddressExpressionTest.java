package dev.ringside.ide.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringside.debug.core.AddressExpression;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressExpressionTest {
    private final FakeMachine machine = new FakeMachine(1);

    @ParameterizedTest
    @CsvSource({"0x100000, 100000", "4096, 1000", "1fh, 1f", "start, 100000", "loop+0x10, 100050", "loop - 4, 10003c", "cafe, cafe",
        "0xffff_ffff_8100_0000, ffffffff81000000", "' start ', 100000"})
    void addressesAreWrittenAsUsersDo(String text, String expected) {
        assertEquals(OptionalLong.of(Long.parseUnsignedLong(expected, 16)), AddressExpression.resolve(text, machine.symbols()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "nowhere", "loop+", "loop+far", "0x", "1 2", "start+1+1", "0x10000000000000000"})
    void anythingElseIsNoAddress(String text) {
        assertTrue(AddressExpression.resolve(text, machine.symbols()).isEmpty());
    }

    @Test
    void aSymbolWinsOverADigitString() {
        var symbols = new dev.ringside.loader.SymbolTable(java.util.List.of(new dev.ringside.loader.SymbolTable.Symbol("face", 0x42, 0)));

        assertEquals(OptionalLong.of(0x42), AddressExpression.resolve("face", symbols));
    }
}
