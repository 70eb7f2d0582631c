package dev.ringside.pv.hyperv;

import dev.ringside.pv.FeatureTable.Bit;
import dev.ringside.pv.FeatureTable.Selection;
import dev.ringside.pv.TableFile;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the partition may do (TLFS 4.2.2), and what leaves 0x40000003 and 0x40000004 say about it: rows of {@code privileges.table}. */
record Privileges(Set<String> granted) {
    /** One row. @param used whether something here depends on it */
    record Row(Bit bit, String name, boolean used, String text) {
    }

    static final Map<String, Row> TABLE = new LinkedHashMap<>();

    static {
        List<String> registers = List.of("eax", "ebx", "ecx", "edx");
        for (String[] row : TableFile.rows(Privileges.class, "/hyperv/privileges.table", 4)) {
            String[] place = row[0].split("\\.");
            var bit = new Bit(Integer.parseInt(place[0]), registers.indexOf(place[1]), Integer.parseInt(place[2]));
            TABLE.put(row[1], new Row(bit, row[1], row[2].equals("used"), row[3]));
        }
    }

    Privileges {
        for (String name : granted) {
            if (!TABLE.containsKey(name)) {
                throw new IllegalArgumentException("no privilege " + name);
            }
        }
        granted = Set.copyOf(granted);
    }

    static Privileges of(Selection selection) {
        Set<String> granted = new LinkedHashSet<>();
        for (Row row : TABLE.values()) {
            for (String feature : selection.on()) {
                if (selection.table().feature(feature).bits().contains(row.bit)) {
                    granted.add(row.name);
                }
            }
        }
        return new Privileges(granted);
    }

    /** Whether all of {@code names}, with plus signs between, are granted; {@code -} always is. */
    boolean allow(String names) {
        if (names.equals("-")) {
            return true;
        }
        for (String name : names.split("\\+")) {
            if (!has(name)) {
                return false;
            }
        }
        return true;
    }

    boolean has(String name) {
        if (!TABLE.containsKey(name)) {
            throw new IllegalArgumentException("no privilege " + name);
        }
        return granted.contains(name);
    }

    void addBits(int leaf, int[] registers) {
        for (String name : granted) {
            Bit bit = TABLE.get(name).bit;
            if (bit.leaf() == leaf) {
                registers[bit.register()] |= 1 << bit.bit();
            }
        }
    }
}
