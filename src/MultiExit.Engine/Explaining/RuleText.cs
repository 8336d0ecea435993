using System.Globalization;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Routes;
using MultiExit.Engine.Routing;
using MultiExit.Engine.Routing.Conditions;

namespace MultiExit.Engine.Explaining;

/// <summary>A rule as text, and its verdict on a request.</summary>
internal static class RuleText
{
    // More values of one condition than a person reads in a line.
    private const int MaxValues = 5;

    /// <summary>Explains how a rule meets a request.</summary>
    public static RuleExplanation Explain(RouteConfig config, int index, Rule rule, in RouteMatch match)
    {
        Truth truth = rule.Test(match);
        (RuleVerdict verdict, string reason) = truth switch
        {
            Truth.Yes => (rule.IsReport ? RuleVerdict.Reports : RuleVerdict.Matches, rule.Hit(match) ?? ""),
            // What was looked for in vain will not be known.
            Truth.Unknown when match.NoAddresses is null => (RuleVerdict.Undecided, rule.Why(match, truth)),
            _ => (RuleVerdict.DoesNotMatch, rule.Why(match, truth)),
        };
        return new RuleExplanation(index + 1, Of(config), verdict, reason);
    }

    /// <summary>A rule as a line of text.</summary>
    public static string Of(RouteConfig config) => $"{OfConditions(config)}{(config.Sniffed ? "; sniffed" : "")} -> {config.Action switch
    {
        RouteAction.Allow => "allow",
        RouteAction.Deny => "deny",
        RouteAction.Report => $"report {config.Exit ?? "deny"}",
        _ => config.Exit,
    }}";

    private static string OfConditions(RouteConditions config)
    {
        List<string> parts = [];
        Add("users", config.Users);
        Add("groups", config.Groups);
        Add("clients", config.Clients.Select(network => network.ToString()));
        Add("inbounds", config.Inbounds);
        Add("local_networks", config.LocalNetworks.Select(network => network.ToString()));
        Add("protocols", config.Protocols.Select(protocol => protocol == RouteProtocol.Udp ? "udp" : "tcp"));
        Add("domains", config.Domains);
        Add("domain_keyword", config.DomainKeyword);
        Add("domain_regex", config.DomainRegex);
        Add("networks", config.Networks.Select(network => network.ToString()));
        Add("sets", config.Sets);
        Add("countries", config.Countries);
        Add("asns", config.Asns.Select(number => number.ToString(CultureInfo.InvariantCulture)));
        Add("ports", config.Ports.Select(range => range.ToString()));
        Add("times", config.Times.Select(OfTimes));
        if (config.Not is { } not) parts.Add($"not ({OfConditions(not)})");
        if (config.Any.Count > 0) parts.Add($"any ({string.Join(" | ", Short([.. config.Any.Select(OfConditions)]))})");
        if (config.All.Count > 0) parts.Add($"all ({string.Join(" & ", Short([.. config.All.Select(OfConditions)]))})");
        return string.Join("; ", parts);

        void Add(string key, IEnumerable<string> values)
        {
            string[] all = [.. values];
            if (all.Length > 0) parts.Add($"{key}: {string.Join(", ", Short(all))}");
        }
    }

    private static string OfTimes(RouteTimes times)
    {
        List<string> parts = [];
        if (times.Days.Count > 0) parts.Add(string.Join('+', times.Days.Select(day => day.ToString().ToLowerInvariant()[..3])));
        parts.AddRange(times.Hours.Select(hours => hours.ToString()));
        if (times.Zone is { } zone) parts.Add(zone);
        return string.Join(' ', parts);
    }

    private static string[] Short(string[] values) => values.Length <= MaxValues
        ? values
        : [.. values[..(MaxValues - 1)], $"{values[MaxValues - 1]} and {values.Length - MaxValues} more"];
}
