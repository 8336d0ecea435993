using MultiExit.Engine.Fleet.Lockouts;

namespace MultiExit.Engine.Fleet.Memory;

/// <summary>Lockouts in memory.</summary>
internal sealed class MemoryLockouts(MemoryStore store) : ILockoutStore
{
    public Task WriteAsync(FleetMember member, IReadOnlyList<SharedLockout> lockouts, CancellationToken cancellationToken) => store.CallAsync(
        tables =>
        {
            long version = tables.Change(member.Fleet, SharedLockouts.Name);
            foreach (SharedLockout lockout in lockouts)
                tables.Lockouts[(member.Fleet, lockout.Client)] = new MemoryLockout(tables.Now + lockout.Lasts, member.Node, version);
            return version;
        },
        cancellationToken);

    public Task<LockoutChanges> ReadAsync(string fleet, long? since, CancellationToken cancellationToken) => store.CallAsync(
        tables =>
        {
            long version = tables.Versions.GetValueOrDefault((fleet, SharedLockouts.Name));
            long? from = version < since ? null : since;
            return new LockoutChanges(version, [.. tables.Lockouts
                .Where(row => row.Key.Fleet == fleet && (from is null ? row.Value.Until > tables.Now : row.Value.Version > from))
                .Select(row => new SharedLockout(row.Key.Client, row.Value.Until > tables.Now ? row.Value.Until - tables.Now : default, row.Value.Node))]);
        },
        cancellationToken);
}
