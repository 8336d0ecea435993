using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Balancing;

/// <summary>The same member for the same client or user.</summary>
/// <remarks>The first choice is rendezvous hashing of the client or user, so a restart and a reload find it again without any state
/// on disk. A client that had to move to another member is remembered until it has not been seen for the lifetime; with a state file every
/// client is, so that a changed pool moves no client whose member is still there.</remarks>
/// <param name="unit">What is bound.</param>
/// <param name="lifetime">How long a binding lasts without a connection.</param>
/// <param name="table">The bindings.</param>
/// <param name="remembersAll">Whether clients that have their first choice are remembered too.</param>
internal sealed class Sticky(BindingUnit unit, TimeSpan lifetime, StickyTable table, bool remembersAll = false) : IStrategy
{
    public BindingUnit? Binds => unit;

    public int Choose(IReadOnlyList<Member> candidates, Destination? destination, DialContext context, int attempt)
    {
        string key = KeyOf(context);
        int bound = attempt == 0 ? IndexOf(candidates, table.Find(key, lifetime)) : -1;
        return bound >= 0 ? bound : Rendezvous.Choose(candidates, key);
    }

    public bool IsForeseeable(DialContext context, bool clientKnown) => BindingKey.IsKnown(unit, context, clientKnown);

    public Preview Preview(IReadOnlyList<Member> candidates, Destination? destination, DialContext context, int attempt)
    {
        string key = KeyOf(context);
        int bound = attempt == 0 ? IndexOf(candidates, table.Find(key, lifetime)) : -1;
        return bound >= 0
            ? new(bound, remembersAll ? $"{key} is bound to it" : $"{key} had to move to it",
                _ => $"{key} {(remembersAll ? "is bound" : "has moved")} elsewhere")
            : new(Rendezvous.Choose(candidates, key), $"the hash of {key} leads to it", _ => $"the hash of {key} leads elsewhere");
    }

    public void Served(IReadOnlyList<Member> members, Member member, DialContext context)
    {
        string key = KeyOf(context);
        if (!remembersAll && members[Rendezvous.Choose(members, key)] == member) table.Unbind(key);
        else table.Bind(key, member.Exit.Name, unit == BindingUnit.Header ? context.Request?.Choice?.Ttl : null);
    }

    // Among some of the members a client has a binding of its own, which leaves that among all alone.
    private string KeyOf(DialContext context)
    {
        string key = BindingKey.Of(unit, context);
        return context.Choice is { IsNarrow: true } choice ? $"{key} for {choice.Scope}" : key;
    }

    private static int IndexOf(IReadOnlyList<Member> candidates, string? member)
    {
        for (int i = 0; i < candidates.Count; i++)
            if (string.Equals(candidates[i].Exit.Name, member, StringComparison.Ordinal)) return i;
        return -1;
    }
}
