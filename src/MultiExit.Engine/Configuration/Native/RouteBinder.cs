using System.Net;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads one rule. Inbounds have to be read before.</summary>
internal sealed class RouteBinder(NameTable names)
{
    private static readonly string[] Conditions = ["users", "inbounds", "local_networks", "domains", "networks", "ports"];

    /// <summary>Reads a rule.</summary>
    /// <returns>Null when something that the rule needs is wrong.</returns>
    public RouteConfig? Read(MapReader reader)
    {
        ReadContext context = reader.Context;
        List<string> inbounds = ReadList(reader, "inbounds", "names of inbounds", CheckInbound);
        List<string> users = ReadList(reader, "users", "names of users", (_, node, text) => CheckUser(node, text, inbounds));
        List<IPNetwork> localNetworks = ReadList(reader, "local_networks", "networks", ReadNetwork);
        List<string> domains = ReadList(reader, "domains", "domains", CheckDomain);
        List<IPNetwork> networks = ReadList(reader, "networks", "networks", ReadNetwork);
        List<PortRange> ports = ReadList(reader, "ports", "ports", ReadPorts);
        ConfigNode? exitNode = reader.Require("exit", "the name of an exit or group");
        string? exit = exitNode is null ? null : context.Values.Text(exitNode, "the name of an exit or group");
        if (exit is not null) names.UseExit(null, exit, exitNode!.Place);
        if (Array.TrueForAll(Conditions, key => reader.Take(key) is null))
            context.Errors.Add(reader.Place,
                $"a rule without a condition; expected at least one of {string.Join(", ", Conditions)} (`default` takes the rest)");
        reader.Finish();
        return exit is null
            ? null
            : new() { Users = users, Inbounds = inbounds, LocalNetworks = localNetworks, Domains = domains, Networks = networks, Ports = ports, Exit = exit };
    }

    private static List<T> ReadList<T>(MapReader reader, string key, string what, Func<ReadContext, ConfigNode, string, T> read)
    {
        List<T> values = [];
        if (reader.Take(key) is not { } node) return values;
        foreach (ConfigNode item in reader.Context.Values.Values(node, $"a list of {what} that is not empty"))
        {
            if (reader.Context.Values.Text(item) is { } text) values.Add(read(reader.Context, item, text));
        }
        return values;
    }

    private string CheckInbound(ReadContext context, ConfigNode node, string text)
    {
        names.CheckInbound(text, node.Place);
        return text;
    }

    private string CheckUser(ConfigNode node, string text, IReadOnlyList<string> inbounds)
    {
        names.CheckUser(text, node.Place, inbounds);
        return text;
    }

    private static string CheckDomain(ReadContext context, ConfigNode node, string text)
    {
        if (DomainText.Check(text) is { } problem) context.Errors.Add(node.Place, $"{ErrorText.Quote(text)} {problem}");
        return text;
    }

    private static IPNetwork ReadNetwork(ReadContext context, ConfigNode node, string text)
    {
        if (NetworkText.Parse(text, out IPNetwork network) is { } problem) context.Errors.Add(node.Place, $"{ErrorText.Quote(text)} {problem}");
        return network;
    }

    private static PortRange ReadPorts(ReadContext context, ConfigNode node, string text)
    {
        if (!PortText.TryParseRange(text, out PortRange range)) context.Values.Expect(node, PortText.ExpectedRange);
        return range;
    }
}
