package org.lanyard.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The C programs of the bench, compiled when the comparison starts.
 *
 * @param relay the byte relay
 * @param tapRelay the same between TAPs
 * @param loadgen the synthetic guests
 * @param tcpGuest one that speaks TCP to a host
 * @param tcpHost what it speaks to there
 * @param burn the harmless program that attacks are held against
 * @param churn guests that come and go
 * @param crowd guests that are many
 * @param visitor a guest at the gateway
 * @param hold the end of a socket or pipe that takes nothing
 * @param controlFlood a client of a control socket that asks for all it can get
 * @param agentSource of an agent that makes an Error come up, which not every JDK can compile
 */
record Natives(
        Path relay,
        Path tapRelay,
        Path loadgen,
        Path tcpGuest,
        Path tcpHost,
        Path burn,
        Path churn,
        Path crowd,
        Path visitor,
        Path hold,
        Path controlFlood,
        Path agentSource) {
    private static final List<String> FLAGS =
            List.of("-std=c11", "-O2", "-Wall", "-Wextra", "-Werror", "-pthread");

    /**
     * @param sources the directory of the C sources
     * @param target where the programs go
     */
    static Natives compile(Path sources, Path target) throws IOException, InterruptedException {
        if (Commands.find("gcc") == null) {
            throw new IOException("the bench compiles C: apt install gcc libc6-dev");
        }
        Files.createDirectories(target);
        Path relay = compile(sources, target.resolve("relay"), "relay.c");
        Path tapRelay = compile(sources, target.resolve("taprelay"), "taprelay.c");
        Path loadgen =
                compile(
                        sources,
                        target.resolve("loadgen"),
                        "loadgen.c",
                        "guest.c",
                        "send.c",
                        "receive.c");
        Path tcpGuest = compile(sources, target.resolve("tcpguest"), "tcpguest.c", "guest.c");
        Path tcpHost = compile(sources, target.resolve("tcphost"), "tcphost.c");
        Path burn = compile(sources, target.resolve("burn"), "burn.c");
        Path churn = compile(sources, target.resolve("churn"), "churn.c");
        Path crowd = compile(sources, target.resolve("crowd"), "crowd.c", "guest.c");
        Path visitor = compile(sources, target.resolve("visitor"), "visitor.c", "guest.c");
        Path hold = compile(sources, target.resolve("hold"), "hold.c");
        Path controlFlood = compile(sources, target.resolve("controlflood"), "controlflood.c");
        return new Natives(
                relay,
                tapRelay,
                loadgen,
                tcpGuest,
                tcpHost,
                burn,
                churn,
                crowd,
                visitor,
                hold,
                controlFlood,
                sources.resolve("throw.c"));
    }

    private static Path compile(Path sources, Path program, String... files)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("gcc"));
        command.addAll(FLAGS);
        command.addAll(List.of("-o", program.toString()));
        for (String file : files) {
            command.add(sources.resolve(file).toString());
        }
        Commands.output(120, command);
        return program;
    }
}
