using System.Globalization;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Explaining;

/// <summary>An explanation as lines of text.</summary>
internal static class ExplanationText
{
    private const string Pool = "pool";

    public static IReadOnlyList<string> Of(RouteExplanation route)
    {
        List<string> lines = [$"{route.Destination} ({(route.Udp ? "udp" : "tcp")}) through the inbound {route.Inbound}{As(route)}"];
        if (route.UserKnownBy.Count > 0) lines.Add($"  {route.User} is known by {string.Join(" or ", route.UserKnownBy)}{InGroups(route)}");
        if (route.Addresses is { Count: > 0 } addresses) lines.Add($"  resolves to {string.Join(", ", addresses)}");
        foreach (RuleExplanation rule in route.Rules) lines.Add($"  rule {rule.Number} ({rule.Text}) {Verdict(rule)}");
        if (route.Rule is null) lines.Add($"  default: {route.Exit.Name}");
        Add(lines, route.Exit, "  ", $"{route.Exit.Name}: ");
        foreach (string note in route.Notes) lines.Add($"  note: {note}");
        lines.Add($"  {route.Outcome.ToString().ToLowerInvariant()}: {route.Reason}");
        return lines;
    }

    /// <summary>An exit in a line: its kind, its source address and route, or the server it goes through.</summary>
    public static string Describe(ExitExplanation exit)
    {
        List<string> parts = [exit.Type == Pool ? $"pool of {CountText.Of(exit.Members.Count, "address")}"
            : exit.Strategy is { } strategy ? $"group, {strategy}" : exit.Type];
        if (exit.Origin == MemberOrigin.List) parts.Add("of the group's list");
        if (exit.Origin == MemberOrigin.Published)
        {
            parts.Add(exit.Expires is { } expires
                ? string.Create(CultureInfo.InvariantCulture, $"published until {expires.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC") : "published");
        }
        if (exit.Health == ExitHealthState.Unknown) parts.Add("not yet known to be up");
        if (exit.Retries > 0) parts.Add($"a failed dial is tried on {exit.Retries} more");
        if (exit.Hedge is { } hedge)
            parts.Add($"another member is dialed beside one that has not answered {(hedge == "auto" ? "in its usual time" : $"within {hedge}")}");
        if (exit.Type == "direct") parts.Add(exit.Source is { } source ? $"source address {source}" : "source address of the system's choice");
        if (exit.Mark is { } mark) parts.Add($"mark {mark}");
        if (exit.Table is { } table) parts.Add($"table {table}");
        if (exit.Gateway is { } gateway) parts.Add($"gateway {gateway}");
        if (exit.Interface is { } device) parts.Add($"interface {device}");
        if (exit.SendProxy is { } version) parts.Add($"begins with a PROXY header {version}, whose source is the client");
        if (exit.Server is { } server) parts.Add($"by {server}");
        if (exit.User is { } user) parts.Add($"as {user}");
        if (exit.Via is { } via) parts.Add($"reached through {string.Join(" > ", via.Path)}");
        return string.Join(", ", parts);
    }

    private static void Add(List<string> lines, ExitExplanation exit, string indent, string lead)
    {
        lines.Add($"{indent}{lead}{Describe(exit)}{(exit.Reason is { } reason ? $" - {reason}" : "")}");
        // Of many addresses, those that were not taken are no news.
        foreach (MemberExplanation member in exit.Members.Where(member => exit.Type != Pool || member.Choice != MemberChoice.Passed))
        {
            lines.Add($"{indent}  {member.Name}: {member.Choice.ToString().ToLowerInvariant()}{(member.Reason.Length > 0 ? $", {member.Reason}" : "")}");
            if (member.Exit is { } chosen) Add(lines, chosen, indent + "    ", "");
        }
        if (exit.MembersLeftOut > 0) lines.Add($"{indent}  and {CountText.Of(exit.MembersLeftOut, "more member")}");
        if (exit.Via is { } via) Add(lines, via, indent + "  ", $"{via.Name}: ");
    }

    private static string Verdict(RuleExplanation rule) => rule.Verdict switch
    {
        RuleVerdict.Matches => $"matches{(rule.Reason.Length > 0 ? $" - {rule.Reason}" : "")}",
        RuleVerdict.Reports => $"would match and only reports{(rule.Reason.Length > 0 ? $" - {rule.Reason}" : "")}",
        RuleVerdict.Undecided => $"is undecided - {rule.Reason}",
        _ => $"does not match - {rule.Reason}",
    };

    private static string InGroups(RouteExplanation route) => route.UserGroups.Count > 0 ? $", in the groups {string.Join(", ", route.UserGroups)}" : "";

    private static string As(RouteExplanation route) =>
        (route.User is { } user ? $" as {user}" : "") + (route.Client is { } client ? $" from {client}" : "");
}
