using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Reading;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>The names of a configuration and their uses; checks them when everything has been read.</summary>
internal sealed class NameTable(ErrorList errors)
{
    private readonly Dictionary<string, SourcePlace> _inbounds = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SourcePlace> _exits = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<UserConfig>> _users = new(StringComparer.Ordinal);
    private readonly HashSet<string> _withBackEnd = new(StringComparer.Ordinal);
    private readonly HashSet<string> _sets = new(StringComparer.Ordinal);
    private readonly List<NameReference> _exitUses = [];

    public void DeclareInbound(string name, SourcePlace place) => Declare(_inbounds, name, place, "inbound");

    /// <summary>Declares the users of an inbound.</summary>
    /// <param name="inbound">The inbound; empty for those of the configuration.</param>
    /// <param name="users">The users.</param>
    /// <param name="hasBackEnd">Whether it has others as well, whose names are not known here.</param>
    public void DeclareUsers(string inbound, IReadOnlyList<UserConfig> users, bool hasBackEnd = false)
    {
        _users[inbound] = users;
        if (hasBackEnd) _withBackEnd.Add(inbound);
    }

    public void DeclareExit(string name, SourcePlace place)
    {
        if (name is "direct" or "block") errors.Add(place, $"the name \"{name}\" is taken: that exit always exists; choose another");
        else Declare(_exits, name, place, "exit or group");
    }

    public void UseExit(string? owner, string name, SourcePlace place) => _exitUses.Add(new(owner, name, place));

    public void DeclareSet(string name) => _sets.Add(name);

    /// <summary>Checks a rule set of a rule.</summary>
    public void CheckSet(string name, SourcePlace place)
    {
        if (!_sets.Contains(name)) AddUnknown(place, "rule set", name, _sets);
    }

    /// <summary>Checks the inbounds of a rule.</summary>
    public void CheckInbound(string name, SourcePlace place)
    {
        if (!_inbounds.ContainsKey(name)) AddUnknown(place, "inbound", name, _inbounds.Keys);
    }

    /// <summary>Checks a user of a rule against the inbounds that the rule is for; none means all.</summary>
    public void CheckUser(string name, SourcePlace place, IReadOnlyList<string> inbounds)
    {
        if (HaveBackEnd(inbounds)) return;
        string[] known = [.. UsersOf(inbounds).Select(user => user.Name).Distinct(StringComparer.Ordinal)];
        if (!known.Contains(name, StringComparer.Ordinal)) AddUnknown(place, inbounds.Count > 0 ? "user of these inbounds" : "user", name, known);
    }

    /// <summary>Checks a group of users of a rule against the inbounds that the rule is for; none means all.</summary>
    public void CheckGroup(string name, SourcePlace place, IReadOnlyList<string> inbounds)
    {
        if (HaveBackEnd(inbounds)) return;
        string[] known = [.. UsersOf(inbounds).SelectMany(user => user.Groups).Distinct(StringComparer.Ordinal)];
        if (!known.Contains(name, StringComparer.Ordinal))
            AddUnknown(place, inbounds.Count > 0 ? "user of these inbounds in the group" : "user in the group", name, known);
    }

    private bool HaveBackEnd(IReadOnlyList<string> inbounds) =>
        inbounds.Count > 0 ? inbounds.Any(_withBackEnd.Contains) : _withBackEnd.Count > 0;

    private IEnumerable<UserConfig> UsersOf(IReadOnlyList<string> inbounds) =>
        (inbounds.Count > 0 ? inbounds : [.. _users.Keys]).SelectMany(inbound => _users.GetValueOrDefault(inbound, []));

    /// <summary>Checks that the exits used exist and that none leads back to itself.</summary>
    public void CheckExits()
    {
        foreach (NameReference use in _exitUses)
        {
            if (use.Name is not ("direct" or "block") && !_exits.ContainsKey(use.Name))
                AddUnknown(use.Place, "exit or group", use.Name, _exits.Keys.Concat(["direct", "block"]));
        }
        new ExitCycles(_exitUses, errors).Check();
    }

    private void Declare(Dictionary<string, SourcePlace> names, string name, SourcePlace place, string what)
    {
        if (!names.TryAdd(name, place)) errors.Add(place, $"duplicate name; {ErrorText.Quote(name)} is already the {what} of line {names[name].Line}");
    }

    private void AddUnknown(SourcePlace place, string what, string name, IEnumerable<string> known)
    {
        if (errors.IsFull) return;
        string? near = EditDistance.Nearest(name, known);
        errors.Add(place, $"there is no {what} {ErrorText.Quote(name)}" + (near is null ? "" : $"; did you mean \"{near}\"?"));
    }
}
