using MultiExit.Engine.Configuration.Routes;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Routing.Geo;

namespace MultiExit.Engine.Routing.Conditions;

/// <summary>Prepares the conditions of a rule.</summary>
internal static class ConditionBuilder
{
    /// <summary>Prepares them, those first that cost least and say no most often.</summary>
    public static AllCondition Build(RouteConditions config, ConditionParts parts, bool sniffed, string key = "all")
    {
        List<Condition> conditions = [];
        if (config.Inbounds.Count > 0) conditions.Add(new InboundCondition(config.Inbounds));
        if (config.Users.Count > 0) conditions.Add(new UserCondition(config.Users));
        if (config.Groups.Count > 0) conditions.Add(new GroupCondition(config.Groups));
        if (config.LocalNetworks.Count > 0) conditions.Add(new LocalCondition(config.LocalNetworks));
        if (config.Clients.Count > 0) conditions.Add(new ClientCondition(config.Clients));
        if (config.Protocols.Count > 0) conditions.Add(new ProtocolCondition(config.Protocols));
        if (config.Ports.Count > 0) conditions.Add(new PortCondition(config.Ports));
        if (config.Domains.Count > 0) conditions.Add(new DomainCondition(config.Domains, sniffed));
        if (config.DomainKeyword.Count > 0) conditions.Add(new KeywordCondition(config.DomainKeyword, sniffed));
        if (config.DomainRegex.Count > 0) conditions.Add(new PatternCondition(config.DomainRegex, sniffed));
        if (config.Times.Count > 0) conditions.Add(new TimeCondition(config.Times, parts.Time));
        if (config.Sets.Count > 0) conditions.Add(new SetCondition(config.Sets.Select(parts.SetOf), sniffed));
        if (config.Not is { } not) conditions.Add(new NotCondition(Build(not, parts, sniffed)));
        if (config.Any.Count > 0) conditions.Add(new AnyCondition([.. config.Any.Select(each => Build(each, parts, sniffed))]));
        if (config.All.Count > 0) conditions.Add(new AllCondition("all", [.. config.All.Select(each => Build(each, parts, sniffed))]));
        if (config.Networks.Count > 0) conditions.Add(new NetworkCondition(config.Networks));
        if (config.Countries.Count > 0) conditions.Add(new CountryCondition(config.Countries, Needed(parts.Geo.Country, "country")));
        if (config.Asns.Count > 0) conditions.Add(new AsnCondition(config.Asns, Needed(parts.Geo.Asn, "asn")));
        return new AllCondition(key, conditions);
    }

    // A document has been checked where it was read; a configuration made in code has not.
    private static GeoDatabase Needed(GeoDatabase? database, string key) => database
        ?? throw new ProxyException(ProxyError.InvalidConfiguration, $"a rule needs the database that `geoip.{key}` names, and it names none");
}
