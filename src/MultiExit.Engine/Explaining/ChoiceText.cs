using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Identity;

namespace MultiExit.Engine.Explaining;

/// <summary>What the parameters in a user name do to a route.</summary>
internal static class ChoiceText
{
    /// <summary>Adds a note for each.</summary>
    /// <param name="notes">The notes.</param>
    /// <param name="request">The request.</param>
    /// <param name="routed">The exit or group that its rule leads to.</param>
    public static void Add(List<string> notes, RequestInfo request, IExit routed)
    {
        if (request.Choice is not { Problem: null } choice) return;
        string[] binding = [.. BindingGroups(routed, choice).Distinct(StringComparer.Ordinal)];
        if (choice.Session is { } session)
        {
            notes.Add(binding.Length > 0 ? $"session={session} is the key of {request.User}'s session in {string.Join(", ", binding)}"
                : $"session={session} chooses nothing: no group on the way binds sessions (`strategy: sticky` with `bind: header`); records have it");
        }
        if (choice.Ttl is { } ttl)
        {
            notes.Add(binding.Length > 0 ? $"ttl={DurationText.Format(ttl)} is how long a binding of the session lasts from its last connection on"
                : $"ttl={DurationText.Format(ttl)} has nothing to last: no group on the way binds sessions");
        }
        if (choice.Exit is { } exit)
            notes.Add(exit == routed.Name ? $"exit={exit} is where the rule leads anyway" : $"exit={exit} leaves out all others of {routed.Name}");
        if (choice.Country is { } country)
        {
            string[] there = [.. Leaves(routed, choice, within: false).Distinct(StringComparer.Ordinal)];
            notes.Add($"country={country} leaves {(there.Length > 0 ? string.Join(", ", there) : "no exit")}");
        }
    }

    private static IEnumerable<string> BindingGroups(IExit exit, NameChoice choice) => exit.Group is not { } group ? []
        : (group.Binds == BindingUnit.Header ? [exit.Name] : Enumerable.Empty<string>())
            .Concat(group.Exits.Where(member => ExitChoices.Admits(choice, member, ExitChoices.IsWithin(choice, exit)))
                .SelectMany(member => BindingGroups(member, choice)));

    private static IEnumerable<string> Leaves(IExit exit, NameChoice choice, bool within)
    {
        within |= choice.Exit is null || exit.Name == choice.Exit;
        if (exit.Group is { } group) return group.Exits.SelectMany(member => Leaves(member, choice, within));
        return within && choice.Country == exit.Country ? [AddressPools.PoolOf(exit.Name)] : [];
    }
}
