package org.lanyard.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What synthetic guests measure, and what is aimed at. */
final class SyntheticSuite implements Suite {
    private static final String RELAY = ByteRelay.NAME;
    private static final String LANYARD = LanyardSwitch.NAME;
    private static final String VDE = VdeSwitch.NAME;
    static final String FRMOL = "forwarding rate at maximum offered load (RFC 2285 3.6.2)";
    private static final String LATENCY = "latency, there and back (RFC 2544 26.2)";
    private static final String CONGESTION = "congestion control (RFC 2889 5.5)";
    private static final String CACHE = "address caching capacity (RFC 2889 5.7)";
    private static final String STREAMS = "partially meshed (RFC 2889 5.2)";
    static final List<Metric> RATE = List.of(Metric.DELIVERED, Metric.LOSS);
    static final List<Metric> TRIP = List.of(Metric.P50, Metric.P99);
    private static final List<Metric> REST = List.of(Metric.CORES, Metric.RESIDENT);

    /** Of trials that are compared with each other: one's turn is seconds after another's. */
    static final int TURNS = 3;

    private static final String LARGE_TABLE =
            """
            [switch]
            name = "bench"
            mac-table-size = 131072

            [ports.guests]
            stream = { listen = "unix:guests.sock" }
            """;

    private final Path root;
    private final Natives natives;
    private final Load load;

    SyntheticSuite(Path root, Natives natives, Load load) {
        this.root = root;
        this.natives = natives;
        this.load = load;
    }

    @Override
    public List<Group> groups() {
        List<Candidate> all =
                List.of(
                        new ByteRelay(natives.relay()),
                        new LanyardSwitch(root, ""),
                        new VdeSwitch(32));
        List<Candidate> crowd = List.of(new LanyardSwitch(root, ""), new VdeSwitch(1100));
        List<Candidate> large = List.of(new LanyardSwitch(root, LARGE_TABLE));
        List<Candidate> fresh = List.of(new LanyardSwitch(root, ""));
        List<Trial> first = new ArrayList<>(pairs());
        first.addAll(roundTrips());
        first.addAll(meshes());
        List<Candidate> beside = List.of(new LanyardSwitch(root, ""), new VdeSwitch(32));
        return List.of(
                new Group("fresh", fresh, rest(), load),
                new Group("guests", all, first, load),
                new Group("floods", beside, floods(), load, TURNS, false),
                new Group("crowd", crowd, crowds(), load, TURNS, false),
                new Group("addresses", large, addresses(), load));
    }

    private static Trial rate(String id, String title, Set<String> candidates, String... load) {
        return new Trial(id, title, FRMOL, Placement.FREE, List.of(load), candidates, RATE);
    }

    private static List<Trial> pairs() {
        Set<String> streams = Set.of(RELAY, LANYARD);
        Set<String> all = Set.of(RELAY, LANYARD, VDE);
        return List.of(
                rate("64x1", "64 B, 1 a write", all, "--size", "64"),
                rate("1514x1", "1514 B, 1 a write", all, "--size", "1514"),
                rate("64x32", "64 B, 32 a write", streams, "--size", "64", "--batch", "32"),
                rate("1514x32", "1514 B, 32 a write", streams, "--size", "1514", "--batch", "32"),
                rate("9018x1", "9018 B, 1 a write", streams, "--size", "9018"),
                rate("65535x1", "65,535 B, 1 a write", streams, "--size", "65535"),
                rate(
                        "both-ways",
                        "1514 B, 32 a write, both ways at once",
                        streams,
                        "--pattern",
                        "bidirectional",
                        "--size",
                        "1514",
                        "--batch",
                        "32"));
    }

    private static Trial trip(String id, String title, Placement placement, String... load) {
        List<String> whole = new ArrayList<>(List.of("--pattern", "round-trip"));
        whole.addAll(List.of(load));
        Set<String> candidates = load.length == 0 ? Set.of(RELAY, LANYARD, VDE) : Set.of(LANYARD);
        return new Trial(id, title, LATENCY, placement, whole, candidates, TRIP);
    }

    private static List<Trial> roundTrips() {
        List<Trial> trips = new ArrayList<>();
        trips.add(trip("trip-one-core", "64 B there and back, one core", Placement.ONE_CORE));
        if (Placement.TWO_CORES.isPossible()) {
            trips.add(
                    trip("trip-two-cores", "64 B there and back, two cores", Placement.TWO_CORES));
        }
        return trips;
    }

    private static Trial four(String id, String pattern, String standard, String... more) {
        List<String> load = new ArrayList<>(List.of("--pattern", pattern, "--guests", "4"));
        load.addAll(List.of(more));
        String title = pattern + ", 4 guests, 64 B, " + (more.length == 0 ? "1" : "32");
        return new Trial(
                id,
                title + " a write",
                standard,
                Placement.FREE,
                load,
                more.length == 0 ? Set.of(LANYARD, VDE) : Set.of(LANYARD),
                RATE);
    }

    private static List<Trial> meshes() {
        return List.of(
                four("mesh", "mesh", "fully meshed (RFC 2889 5.1)"),
                four("mesh-32", "mesh", "fully meshed (RFC 2889 5.1)", "--batch", "32"),
                four("one-to-many", "one-to-many", STREAMS),
                four("many-to-one", "many-to-one", STREAMS),
                four("broadcast", "broadcast", "broadcast forwarding (RFC 2889 5.10)"));
    }

    private static Trial flood(String id, String title, String... load) {
        return new Trial(
                id,
                title,
                CONGESTION,
                Placement.FREE,
                List.of(load),
                load.length == 0 ? Set.of(LANYARD) : Set.of(LANYARD, VDE),
                RATE);
    }

    private static List<Trial> floods() {
        Placement free = Placement.FREE;
        return List.of(
                rate("beside-nobody", "a pair, 64 B, alone", Set.of(LANYARD), "--size", "64"),
                flood(
                        "beside-reader",
                        "a pair, 64 B, beside a flooded guest",
                        "--flood",
                        "reading"),
                flood(
                        "beside-stuck",
                        "a pair, 64 B, beside a flooded guest that does not read",
                        "--flood",
                        "stuck"),
                flood(
                        "beside-macs",
                        "a pair, 64 B, beside a flood from a million addresses",
                        "--flood",
                        "reading",
                        "--flood-macs",
                        "1000000"),
                trip("trip-alone", "there and back, alone", free, "--guests", "2"),
                trip(
                        "trip-beside-reader",
                        "there and back, beside a flooded guest",
                        free,
                        "--flood",
                        "reading"),
                trip(
                        "trip-beside-stuck",
                        "there and back, beside a flooded guest that does not read",
                        free,
                        "--flood",
                        "stuck"));
    }

    /** On one core, where what is delivered tells what a frame costs, and no core is chance. */
    private static Trial crowd(String id, String title, String... load) {
        Set<String> both = Set.of(LANYARD, VDE);
        return new Trial(id, title, FRMOL, Placement.ONE_CORE, List.of(load), both, RATE);
    }

    private static List<Trial> crowds() {
        return List.of(
                crowd("idle-0", "a pair, 64 B, alone", "--size", "64"),
                crowd("idle-64", "a pair, 64 B, and 64 idle guests", "--idle", "64"),
                crowd("idle-1000", "a pair, 64 B, and 1000 idle guests", "--idle", "1000"));
    }

    private static Trial learned(int addresses) {
        return new Trial(
                "addresses-" + addresses,
                String.format(
                        java.util.Locale.ROOT, "64 B, 32 a write, to %,d addresses", addresses),
                CACHE,
                Placement.FREE,
                // The third guest tells when the switch floods for want of room in its table.
                List.of("--guests", "3", "--batch", "32", "--addresses", "" + addresses),
                Set.of(LANYARD),
                RATE);
    }

    private static List<Trial> addresses() {
        return List.of(learned(2), learned(100_000));
    }

    private static List<Trial> rest() {
        return List.of(
                new Trial(
                        "rest-8",
                        "8 guests that are silent",
                        "resources",
                        Placement.FREE,
                        List.of("--pattern", "silence", "--guests", "8", "--seconds", "15"),
                        Set.of(LANYARD),
                        REST),
                new Trial(
                        "rest-64",
                        "64 guests that are silent",
                        "resources",
                        Placement.FREE,
                        List.of("--pattern", "silence", "--guests", "64"),
                        Set.of(LANYARD),
                        REST));
    }

    @Override
    public List<Target> targets() {
        return List.of(
                Target.against("1514x32", RELAY, Metric.DELIVERED, 0.85),
                Target.against("64x32", RELAY, Metric.DELIVERED, 0.5),
                Target.against("64x1", RELAY, Metric.DELIVERED, 0.95),
                Target.against("1514x1", RELAY, Metric.DELIVERED, 0.95),
                Target.against("64x1", VDE, Metric.DELIVERED, 2),
                Target.against("1514x1", VDE, Metric.DELIVERED, 2),
                Target.of("64x1", Metric.LOSS, 0),
                Target.of("1514x1", Metric.LOSS, 0),
                Target.against("trip-one-core", RELAY, Metric.P50, 1.3),
                Target.against("trip-one-core", RELAY, Metric.P99, 2),
                Target.against("trip-two-cores", RELAY, Metric.P50, 1.3),
                Target.against("trip-two-cores", RELAY, Metric.P99, 2),
                Target.within("idle-64", "idle-0", Metric.DELIVERED, 0.97),
                Target.within("idle-1000", "idle-0", Metric.DELIVERED, 0.9),
                Target.within("beside-stuck", "beside-reader", Metric.DELIVERED, 0.9),
                Target.within("beside-macs", "beside-reader", Metric.DELIVERED, 0.9),
                Target.of("beside-macs", Metric.LOSS, 0),
                Target.within("beside-stuck", "beside-nobody", Metric.DELIVERED, 0.9),
                Target.within("trip-beside-stuck", "trip-beside-reader", Metric.P99, 1.5),
                Target.within("trip-beside-stuck", "trip-alone", Metric.P99, 1.5),
                Target.within("addresses-100000", "addresses-2", Metric.DELIVERED, 0.5),
                Target.of("rest-8", Metric.CORES, 0.002),
                Target.of("rest-64", Metric.RESIDENT, 120));
    }
}
