using System.Globalization;
using System.Net;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Routes;
using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads the conditions of a rule, and those within them. Inbounds have to be read before.</summary>
internal sealed class ConditionBinder(NameTable names)
{
    private const int MaxKeyword = 253;

    private static readonly string[] Keys =
    [
        "users", "groups", "clients", "inbounds", "local_networks", "protocols", "domains", "domain_keyword", "domain_regex", "networks", "sets",
        "countries", "asns", "ports", "times", "not", "any", "all",
    ];

    /// <summary>Reads the conditions of a mapping, which may have other keys too.</summary>
    public RouteConditions Read(MapReader reader) => Read(reader, 0);

    /// <summary>Reports a mapping without a condition.</summary>
    /// <param name="reader">The mapping, whose conditions have been read.</param>
    /// <param name="what">What it is.</param>
    /// <param name="hint">What to do instead.</param>
    public void RequireOne(MapReader reader, string what, string hint = "")
    {
        if (Array.TrueForAll(Keys, key => reader.Take(key) is null))
            reader.Context.Errors.Add(reader.Place, $"{what} without a condition; expected at least one of {string.Join(", ", Keys)}{hint}");
    }

    private RouteConditions Read(MapReader reader, int depth)
    {
        List<string> inbounds = ReadList(reader, "inbounds", "names of inbounds", CheckInbound);
        return new()
        {
            Inbounds = inbounds,
            Users = ReadList(reader, "users", "names of users", (_, node, text) => CheckUser(node, text, inbounds)),
            Groups = ReadList(reader, "groups", "names of groups of users", (_, node, text) => CheckGroup(node, text, inbounds)),
            Clients = ReadList(reader, "clients", "networks", ReadNetwork),
            LocalNetworks = ReadList(reader, "local_networks", "networks", ReadNetwork),
            Protocols = ReadList(reader, "protocols", "protocols", ReadProtocol),
            Domains = ReadList(reader, "domains", "domains", CheckDomain),
            DomainKeyword = ReadList(reader, "domain_keyword", "parts of names", CheckKeyword),
            DomainRegex = ReadList(reader, "domain_regex", "regular expressions", CheckPattern),
            Networks = ReadList(reader, "networks", "networks", ReadNetwork),
            Sets = ReadList(reader, "sets", "names of rule sets", CheckSet),
            Countries = ReadList(reader, "countries", "countries", CountryBinder.Read),
            Asns = ReadList(reader, "asns", "numbers of autonomous systems", ReadAsn),
            Ports = ReadList(reader, "ports", "ports", ReadPorts),
            Times = TimesBinder.Read(reader),
            Not = reader.Map("not", "`not`") is { } not ? ReadInner(not, "`not`", depth) : null,
            Any = [.. reader.Maps("any", "a set of conditions").Select(each => ReadInner(each, "a set of conditions", depth))],
            All = [.. reader.Maps("all", "a set of conditions").Select(each => ReadInner(each, "a set of conditions", depth))],
        };
    }

    private RouteConditions ReadInner(MapReader reader, string what, int depth)
    {
        if (depth >= RouteConditions.MaxDepth)
        {
            reader.Context.Errors.Add(reader.Place, $"`not`, `any` and `all` stand within each other more than {RouteConditions.MaxDepth} times");
            return new();
        }
        RouteConditions conditions = Read(reader, depth + 1);
        RequireOne(reader, what);
        reader.Finish();
        return conditions;
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

    private string CheckSet(ReadContext context, ConfigNode node, string text)
    {
        names.CheckSet(text, node.Place);
        return text;
    }

    private static uint ReadAsn(ReadContext context, ConfigNode node, string text)
    {
        string digits = text.StartsWith("AS", StringComparison.OrdinalIgnoreCase) ? text[2..] : text;
        if (uint.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) && number > 0) return number;
        context.Values.Expect(node, "the number of an autonomous system such as 64500 or AS64500");
        return 0;
    }

    private string CheckUser(ConfigNode node, string text, IReadOnlyList<string> inbounds)
    {
        names.CheckUser(text, node.Place, inbounds);
        return text;
    }

    private string CheckGroup(ConfigNode node, string text, IReadOnlyList<string> inbounds)
    {
        names.CheckGroup(text, node.Place, inbounds);
        return text;
    }

    private static RouteProtocol ReadProtocol(ReadContext context, ConfigNode node, string text) =>
        context.Values.Choice(node, ["tcp", "udp"]) == "udp" ? RouteProtocol.Udp : RouteProtocol.Tcp;

    private static string CheckDomain(ReadContext context, ConfigNode node, string text)
    {
        if (DomainText.Check(text) is { } problem) context.Errors.Add(node.Place, $"{ErrorText.Quote(text)} {problem}");
        return text;
    }

    private static string CheckKeyword(ReadContext context, ConfigNode node, string text)
    {
        if (text.Length is 0 or > MaxKeyword || !text.All(char.IsAscii))
            context.Errors.Add(node.Place, $"{ErrorText.Quote(text)} is no part of a name; expected 1 to {MaxKeyword} characters of ASCII");
        return text;
    }

    private static string CheckPattern(ReadContext context, ConfigNode node, string text)
    {
        if (DomainPattern.Parse(text, out _) is { } problem) context.Errors.Add(node.Place, $"{ErrorText.Quote(text)} {problem}");
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
