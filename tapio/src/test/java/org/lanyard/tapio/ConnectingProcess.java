package org.lanyard.tapio;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Another JVM with this test's class path. */
final class ConnectingProcess {
    private ConnectingProcess() {}

    /** Starts a process that connects to the endpoint and then waits to be ended. */
    static Process start(Endpoint endpoint) throws IOException {
        return new ProcessBuilder(command(ConnectingProcess.class, endpoint.toString()))
                .inheritIO()
                .start();
    }

    static List<String> command(Class<?> main, String... arguments) {
        return command(System.getProperty("java.class.path"), main, arguments);
    }

    static List<String> command(String classPath, Class<?> main, String... arguments) {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        List<String> command = new ArrayList<>(List.of(java, "-ea", "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of("-cp", classPath, main.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    public static void main(String[] arguments) throws Exception {
        Endpoint endpoint = Endpoint.parse(arguments[0], Path.of("/"));
        try (Connection connection = StreamPair.connect(endpoint)) {
            assert connection.fd() > 2;
            Thread.sleep(60_000);
        }
    }
}
