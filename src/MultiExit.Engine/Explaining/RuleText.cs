using MultiExit.Engine.Configuration;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Exits.Direct;
using MultiExit.Engine.Routing;
using MultiExit.Engine.Transport;

namespace MultiExit.Engine.Explaining;

/// <summary>A rule as text, and its verdict on a request.</summary>
internal static class RuleText
{
    // More values of one condition than a person reads in a line.
    private const int MaxValues = 5;

    public static RuleExplanation Explain(RouteConfig config, int index, Rule rule, RequestInfo request, NameResult? names, bool userKnown)
    {
        (RuleVerdict verdict, string reason) = Judge(rule, request, names, userKnown);
        return new RuleExplanation(index + 1, Of(config), verdict, reason);
    }

    private static string Of(RouteConfig config)
    {
        (string Key, string[] Values)[] conditions =
        [
            ("users", [.. config.Users]), ("inbounds", [.. config.Inbounds]),
            ("local_networks", [.. config.LocalNetworks.Select(network => network.ToString())]), ("domains", [.. config.Domains]),
            ("networks", [.. config.Networks.Select(network => network.ToString())]), ("ports", [.. config.Ports.Select(range => range.ToString())]),
        ];
        return $"{string.Join("; ", conditions.Where(item => item.Values.Length > 0).Select(item => $"{item.Key}: {Short(item.Values)}"))} -> {config.Exit}";
    }

    private static string Short(string[] values) => values.Length <= MaxValues
        ? string.Join(", ", values)
        : $"{string.Join(", ", values[..MaxValues])} and {values.Length - MaxValues} more";

    private static (RuleVerdict Verdict, string Reason) Judge(Rule rule, RequestInfo request, NameResult? names, bool userKnown)
    {
        bool localKnown = InboundAddress.IsKnown(request.Local.Address);
        string[] mismatches = [.. rule.Mismatches(request)
            .Where(condition => (localKnown || condition != "local_networks") && (userKnown || condition != "users"))];
        if (mismatches.Length > 0) return (RuleVerdict.DoesNotMatch, string.Join("; ", mismatches.Select(condition => Met(condition, request))));
        if (rule.HasUsers && !userKnown) return (RuleVerdict.Undecided, "users: clients log in here, and the user is not known; name it to know");
        if (rule.HasLocalNetworks && !localKnown)
            return (RuleVerdict.Undecided, "local_networks: the address that the client comes in on is not known; name it to know");
        if (!rule.HasNetworks) return (RuleVerdict.Matches, "");
        if (request.Destination.Address is { } address)
            return rule.Matches(address) ? (RuleVerdict.Matches, "") : (RuleVerdict.DoesNotMatch, $"networks: {address} is in none");
        if (names is not { } found) return (RuleVerdict.Undecided, $"networks: the addresses of {request.Destination.Host} are not known; resolve it to know");
        if (!found.Succeeded) return (RuleVerdict.DoesNotMatch, $"networks: {request.Destination.Host} does not resolve: {found.Failure}");
        return found.Addresses.Any(rule.Matches)
            ? (RuleVerdict.Matches, "")
            : (RuleVerdict.DoesNotMatch, $"networks: {request.Destination.Host} is {Short([.. found.Addresses.Select(item => item.ToString())])}, in none");
    }

    private static string Met(string condition, RequestInfo request) => condition switch
    {
        "local_networks" => $"local_networks: it came in on {request.Local.Address}",
        "inbounds" => $"inbounds: it came in through {request.Inbound}",
        "users" => request.User is null ? "users: there is no user" : $"users: the user is {request.User}",
        "ports" => $"ports: the port is {request.Destination.Port}",
        _ => request.Destination.IsDomain ? $"domains: {request.Destination.Host} is none of them" : "domains: the destination is an address, not a name",
    };
}
