package org.lanyard.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class FdbTest {
    private static final long ANN = Fdb.key(0x5254_0000_000aL, 1);
    private static final long BEN = Fdb.key(0x5254_0000_000bL, 1);

    private static long key(int i) {
        return Fdb.key(0x5254_0000_0000L + i, 1);
    }

    @Test
    void shouldKnowOnlyWhatItLearned() {
        Fdb fdb = new Fdb(16);
        assertEquals(Fdb.UNKNOWN, fdb.lookUp(ANN));
        assertTrue(fdb.learn(ANN, 3, 0));
        assertEquals(3, fdb.lookUp(ANN));
        assertEquals(Fdb.UNKNOWN, fdb.lookUp(BEN));
        assertEquals(1, fdb.size());
    }

    @Test
    void shouldSayWhenAPortChangedAndOnlyThen() {
        Fdb fdb = new Fdb(16);
        assertTrue(fdb.learn(ANN, 3, 0));
        assertFalse(fdb.learn(ANN, 3, 5));
        assertEquals(0, fdb.moves());
        assertTrue(fdb.learn(ANN, 4, 6));
        assertEquals(1, fdb.moves());
        assertEquals(4, fdb.lookUp(ANN));
        assertEquals(1, fdb.size());
    }

    @Test
    void shouldTellAddressesOfDifferentVlansApart() {
        Fdb fdb = new Fdb(16);
        long mac = 0xffff_ffff_fffeL;
        fdb.learn(Fdb.key(mac, 1), 1, 0);
        fdb.learn(Fdb.key(mac, 4094), 2, 0);
        assertEquals(1, fdb.lookUp(Fdb.key(mac, 1)));
        assertEquals(2, fdb.lookUp(Fdb.key(mac, 4094)));
        assertEquals(Fdb.UNKNOWN, fdb.lookUp(Fdb.key(mac, 2)));
    }

    @Test
    void shouldShowItsEntriesWithTheirAge() {
        Fdb fdb = new Fdb(16);
        fdb.learn(Fdb.key(0xfeed_cafe_0102L, 4094), 7, 10);
        Fdb.Entry[] entries = fdb.entries(15);
        assertEquals(1, entries.length);
        assertEquals(new Fdb.Entry(0xfeed_cafe_0102L, 4094, 7, 5, false), entries[0]);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, (1 << 24) + 1})
    void shouldRefuseACapacityItCannotHave(int capacity) {
        assertThrows(IllegalArgumentException.class, () -> new Fdb(capacity));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 8, 100, 1024})
    void shouldTakeAsManyAddressesAsItPromisesAndKeepThemWhenFull(int capacity) {
        Fdb fdb = new Fdb(capacity);
        for (int i = 0; i < capacity; i++) {
            assertTrue(fdb.learn(key(i), i % 50, 0), "address " + i);
        }
        assertEquals(0, fdb.refused());
        for (int i = 0; i < 5000; i++) {
            assertFalse(fdb.learn(key(1_000_000 + i), 0, 0), "behind the port with the most");
        }
        assertEquals(capacity, fdb.size());
        assertEquals(capacity, fdb.capacity());
        assertEquals(5000, fdb.refused());
        assertEquals(Fdb.UNKNOWN, fdb.lookUp(key(1_000_000)));
        for (int i = 0; i < capacity; i++) {
            assertEquals(i % 50, fdb.lookUp(key(i)), "address " + i);
        }
    }

    @Test
    void shouldFollowAKnownAddressAlsoWhenFull() {
        Fdb fdb = new Fdb(1);
        fdb.learn(ANN, 1, 0);
        fdb.learn(BEN, 1, 0);
        assertTrue(fdb.learn(ANN, 2, 0));
        assertEquals(2, fdb.lookUp(ANN));
    }

    @Test
    void shouldHaveRoomAgainOnceAddressesAged() {
        Fdb fdb = new Fdb(4);
        for (int i = 0; i < 4; i++) {
            fdb.learn(key(i), i, i);
        }
        assertEquals(2, fdb.age(11, 10));
        assertTrue(fdb.learn(ANN, 9, 11));
        assertTrue(fdb.learn(BEN, 9, 11));
        assertFalse(fdb.learn(key(100), 9, 11));
    }

    /** System.nanoTime may be negative and may run over. */
    @ParameterizedTest
    @CsvSource({"-5, 5", "2147483642, -2147483644"})
    void shouldAgeWhateverTheClockStartedFrom(int learnedAt, int now) {
        Fdb fdb = new Fdb(4);
        fdb.learn(ANN, 1, learnedAt);
        assertEquals(0, fdb.age(now, 11));
        assertEquals(1, fdb.age(now, 10));
    }

    @Test
    void shouldFlushOnePortAndKeepTheOthersFindable() {
        Fdb fdb = new Fdb(4096);
        for (int i = 0; i < 4096; i++) {
            fdb.learn(key(i), i % 7, 0);
        }
        assertEquals(585, fdb.flush(3));
        assertEquals(0, fdb.flush(3));
        assertEquals(4096 - 585, fdb.size());
        for (int i = 0; i < 4096; i++) {
            assertEquals(i % 7 == 3 ? Fdb.UNKNOWN : i % 7, fdb.lookUp(key(i)), "address " + i);
        }
    }

    private record Seen(int slot, int at) {}

    /** Half a million operations on tables so small that gaps are closed all the time. */
    @ParameterizedTest
    @CsvSource({"1, 5", "2, 17", "3, 100", "4, 1000"})
    void shouldAgreeWithAMapWhateverHappens(long seed, int capacity) {
        Random random = new Random(seed);
        Fdb fdb = new Fdb(capacity);
        Map<Long, Seen> model = new HashMap<>();
        int now = 0;
        long refused = 0;
        for (int i = 0; i < 125_000; i++) {
            long key = Fdb.key(0x5254_0000_0000L + random.nextInt(2 * capacity), 1);
            int choice = random.nextInt(1000);
            if (choice < 600) {
                int slot = random.nextInt(10);
                boolean known = model.containsKey(key);
                boolean full = model.size() == capacity;
                boolean fits = known || !full || most(model) >= count(model, slot) + 2;
                refused += fits ? 0 : 1;
                boolean changes = fits && !(known && model.get(key).slot == slot);
                assertEquals(changes, fdb.learn(key, slot, now), "learn " + i);
                if (fits && !known && full) {
                    removeWhoMadeRoom(model, fdb);
                }
                if (fits) {
                    model.put(key, new Seen(slot, now));
                }
            } else if (choice < 950) {
                Seen seen = model.get(key);
                int expected = seen == null ? Fdb.UNKNOWN : seen.slot;
                assertEquals(expected, fdb.lookUp(key), "look-up " + i);
            } else if (choice < 960 + 3000 / capacity) {
                int slot = random.nextInt(10);
                int before = model.size();
                model.values().removeIf(seen -> seen.slot == slot);
                assertEquals(before - model.size(), fdb.flush(slot), "flush " + i);
            } else {
                now += random.nextInt(3);
                int moment = now;
                int before = model.size();
                model.values().removeIf(seen -> moment - seen.at >= 4);
                assertEquals(before - model.size(), fdb.age(now, 4), "age " + i);
            }
            if (i % 1000 == 0) {
                assertHolds(model, fdb, now);
            }
        }
        assertHolds(model, fdb, now);
        assertEquals(refused, fdb.refused());
    }

    private static long count(Map<Long, Seen> model, int slot) {
        return model.values().stream().filter(seen -> seen.slot == slot).count();
    }

    private static long most(Map<Long, Seen> model) {
        return IntStream.range(0, 10).mapToLong(slot -> count(model, slot)).max().orElse(0);
    }

    /** One address, of a port that has as many as any. */
    private static void removeWhoMadeRoom(Map<Long, Seen> model, Fdb fdb) {
        List<Long> gone =
                model.keySet().stream().filter(k -> fdb.lookUp(k) == Fdb.UNKNOWN).toList();
        assertEquals(1, gone.size(), "made room");
        assertEquals(most(model), count(model, model.get(gone.get(0)).slot));
        model.remove(gone.get(0));
    }

    private static void assertHolds(Map<Long, Seen> model, Fdb fdb, int now) {
        assertEquals(model.size(), fdb.size());
        model.forEach((key, seen) -> assertEquals(seen.slot, fdb.lookUp(key)));
        Map<Long, Seen> listed = new HashMap<>();
        Stream.of(fdb.entries(now))
                .forEach(
                        e ->
                                listed.put(
                                        Fdb.key(e.mac(), e.vlan()),
                                        new Seen(e.slot(), now - e.ageSeconds())));
        assertEquals(model, listed);
    }
}
