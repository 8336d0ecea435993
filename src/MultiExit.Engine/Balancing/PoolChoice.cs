using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Balancing;

/// <summary>An address of a pool: a request with a session keeps its address, one without takes the address that is least in use.</summary>
/// <param name="bound">For requests with a session.</param>
/// <param name="free">For all others.</param>
internal sealed class PoolChoice(IStrategy bound, IStrategy free) : IStrategy
{
    public BindingUnit? Binds => BindingUnit.Header;

    public int Choose(IReadOnlyList<Member> candidates, Destination? destination, DialContext context, int attempt) =>
        For(context).Choose(candidates, destination, context, attempt);

    public Preview Preview(IReadOnlyList<Member> candidates, Destination? destination, DialContext context, int attempt) =>
        For(context).Preview(candidates, destination, context, attempt);

    public void Served(IReadOnlyList<Member> members, Member member, DialContext context) => For(context).Served(members, member, context);

    private IStrategy For(DialContext context) => context.Request?.Session is null ? free : bound;
}
