package org.lanyard.control;

import static org.lanyard.control.RpcMethod.Type.STRING;
import static org.lanyard.control.RpcMethod.changing;
import static org.lanyard.control.RpcMethod.changingLater;
import static org.lanyard.control.RpcMethod.optional;
import static org.lanyard.control.RpcMethod.reading;
import static org.lanyard.control.RpcMethod.required;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.lanyard.config.ConfigDiff;
import org.lanyard.config.ConfigException;
import org.lanyard.config.ConfigParser;
import org.lanyard.config.ConfigWriter;
import org.lanyard.config.SwitchConfig;
import org.lanyard.forward.Fdb;
import org.lanyard.frame.PortCounters;

/**
 * The methods of the control socket, but for those that are about a connection ({@code events},
 * {@code capture}, {@code capture.stop}), which are {@link RpcServer}'s: those about the whole
 * switch, and those of {@link PortMethods} and {@link FdbMethods}.
 */
final class RpcMethods {
    private final ObjectMapper json = new ObjectMapper();
    private final Switch owner;
    private final List<RpcMethod> methods = new ArrayList<>();

    RpcMethods(Switch owner) {
        this.owner = owner;
        methods.add(reading("version", params -> version()));
        methods.add(reading("status", params -> status()));
        methods.addAll(new PortMethods(owner).all());
        methods.addAll(new FdbMethods(owner).all());
        methods.add(reading("vlan.list", params -> new VlanList(owner.portViews()).lines()));
        methods.add(reading("mirror.list", params -> mirrors()));
        methods.add(reading("config.show", params -> config()));
        methods.add(
                changingLater(
                        "config.apply",
                        (client, params) -> owner.settings().inTurn(() -> apply(client, params)),
                        required("toml", STRING),
                        optional("file", STRING)));
        methods.add(changing("stop", params -> stop()));
    }

    List<RpcMethod> all() {
        return methods;
    }

    private ObjectNode version() {
        return json.createObjectNode()
                .put("protocol", Version.PROTOCOL)
                .put("version", Version.CURRENT)
                .put("name", owner.config().name());
    }

    private ObjectNode status() {
        ObjectNode status = json.createObjectNode();
        status.put("name", owner.config().name());
        status.put("pid", ProcessHandle.current().pid());
        status.put("version", Version.CURRENT);
        status.put("protocol", Version.PROTOCOL);
        status.put("runtime_dir", owner.dir().path().toString());
        status.put("config", owner.file() == null ? null : owner.file().toString());
        status.put("uptime", owner.uptimeSeconds());
        status.put("longest_turn", owner.longestTurn() / 1e9);
        ObjectNode ports = status.putObject("ports");
        List<PortView> views = owner.portViews();
        for (String state : List.of("up", "down", "listening")) {
            ports.put(state, views.stream().filter(v -> v.state().equals(state)).count());
        }
        List<PortCounters> counters = owner.allCounters();
        status.put("rx_packets", counters.stream().mapToLong(PortCounters::rxPackets).sum());
        status.put("rx_bytes", counters.stream().mapToLong(PortCounters::rxBytes).sum());
        status.put("tx_packets", counters.stream().mapToLong(PortCounters::txPackets).sum());
        status.put("tx_bytes", counters.stream().mapToLong(PortCounters::txBytes).sum());
        status.set("drops", PortMethods.drops(json, counters));
        status.put("log_lines_left_out", LogBudget.allLeftOut());
        ObjectNode descriptors = status.putObject("descriptors");
        descriptors.put("most", owner.room().descriptors()).put("kept", owner.room().kept());
        status.put("max_ports", owner.config().maxPorts());
        status.set("control", owner.controlFigures());
        Fdb fdb = owner.fabric().fdb();
        status.putObject("fdb")
                .put("size", fdb.size())
                .put("capacity", fdb.capacity())
                .put("refused", fdb.refused())
                .put("moves", fdb.moves())
                .put("held", fdb.held())
                .put("evicted", fdb.evicted());
        return status;
    }

    private ArrayNode mirrors() {
        ArrayNode list = json.createArrayNode();
        for (PortView view : owner.portViews()) {
            view.policy()
                    .mirror()
                    .ifPresent(
                            mirror -> {
                                ObjectNode line = list.addObject().put("port", view.name());
                                line.put("state", view.state());
                                ArrayNode ports = line.putArray("ports");
                                mirror.ports().stream().sorted().forEach(ports::add);
                                mirror.vlans().stream().forEach(line.putArray("vlans")::add);
                                line.put("rx", mirror.received()).put("tx", mirror.sent());
                                line.put("snap", mirror.snap());
                            });
        }
        return list;
    }

    private ObjectNode config() {
        return json.createObjectNode()
                .put("file", owner.file() == null ? null : owner.file().toString())
                .put("toml", ConfigWriter.write(owner.settings().running()));
    }

    private CompletableFuture<JsonNode> apply(Client client, JsonNode params)
            throws JsonRpc.Refusal {
        String file = params.path("file").asText("");
        SwitchConfig was = owner.settings().running();
        try {
            String name = file.isEmpty() ? "configuration" : file;
            SwitchConfig next = ConfigParser.parse(name, params.get("toml").asText());
            SwitchConfig named = next.withName(was.name());
            List<ConfigDiff.Change> changes = ConfigDiff.between(was, named);
            return PortMethods.answered(
                    owner.settings().apply(client, named, file.isEmpty() ? null : Path.of(file)),
                    () -> json.valueToTree(changes));
        } catch (ConfigException | IllegalArgumentException e) {
            throw new JsonRpc.Refusal(e.getMessage());
        }
    }

    private JsonNode stop() {
        owner.requestStop();
        return json.createObjectNode().put("stopping", true);
    }
}
