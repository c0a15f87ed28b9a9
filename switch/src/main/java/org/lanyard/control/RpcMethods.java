package org.lanyard.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.lanyard.config.ConfigDiff;
import org.lanyard.config.ConfigException;
import org.lanyard.config.ConfigParser;
import org.lanyard.config.ConfigWriter;
import org.lanyard.config.SwitchConfig;
import org.lanyard.forward.Fdb;
import org.lanyard.frame.PortCounters;

/**
 * The methods of the control socket: {@code status}, {@code vlan.list}, {@code mirror.list}, {@code
 * config.show}, {@code config.apply} (toml, file), {@code stop}, and those of {@link PortMethods}
 * and {@link FdbMethods}. {@code events}, {@code capture} and {@code capture.stop}, which are about
 * a connection, are {@link RpcServer}'s.
 */
final class RpcMethods {
    private final ObjectMapper json = new ObjectMapper();
    private final Switch owner;
    private final Map<String, JsonRpc.Method> methods = new TreeMap<>();

    RpcMethods(Switch owner) {
        this.owner = owner;
        methods.put("status", params -> status());
        new PortMethods(owner).into(methods);
        new FdbMethods(owner).into(methods);
        methods.put("vlan.list", params -> new VlanList(owner.portViews()).lines());
        methods.put("mirror.list", params -> mirrors());
        methods.put("config.show", params -> config());
        methods.put("config.apply", this::apply);
        methods.put("stop", params -> stop());
    }

    Map<String, JsonRpc.Method> byName() {
        return methods;
    }

    private ObjectNode status() {
        ObjectNode status = json.createObjectNode();
        status.put("name", owner.config().name());
        status.put("pid", ProcessHandle.current().pid());
        status.put("version", Version.CURRENT);
        status.put("runtime_dir", owner.dir().path().toString());
        status.put("config", owner.file() == null ? null : owner.file().toString());
        status.put("uptime", owner.uptimeSeconds());
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
                .put("toml", ConfigWriter.write(owner.runningConfig()));
    }

    private JsonNode apply(JsonNode params) throws JsonRpc.Refusal {
        if (!params.path("toml").isTextual()) {
            throw new JsonRpc.Refusal(
                    "config.apply takes {\"toml\": \"[ports.web]…\", \"file\": \"/etc/lab.toml\"},"
                            + " for example");
        }
        String file = params.path("file").asText("");
        SwitchConfig was = owner.runningConfig();
        try {
            String name = file.isEmpty() ? "configuration" : file;
            SwitchConfig next = ConfigParser.parse(name, params.get("toml").asText());
            SwitchConfig named = next.withName(was.name());
            List<ConfigDiff.Change> changes = ConfigDiff.between(was, named);
            owner.apply(named, file.isEmpty() ? null : Path.of(file));
            return json.valueToTree(changes);
        } catch (ConfigException | IOException | IllegalArgumentException e) {
            throw new JsonRpc.Refusal(e.getMessage());
        }
    }

    private JsonNode stop() {
        owner.requestStop();
        return json.createObjectNode().put("stopping", true);
    }
}
