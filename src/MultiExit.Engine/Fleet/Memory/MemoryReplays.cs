using MultiExit.Engine.Fleet.Replays;
using MultiExit.Engine.Inbounds;

namespace MultiExit.Engine.Fleet.Memory;

/// <summary>Answered handshakes in memory.</summary>
internal sealed class MemoryReplays(MemoryStore store) : IReplayStore
{
    public Task<HashSet<Guid>> AddAsync(string fleet, IReadOnlyList<ReplayMark> marks, CancellationToken cancellationToken) => store.CallAsync<HashSet<Guid>>(
        tables => [.. marks.Where(mark => tables.Replays.TryAdd((fleet, mark.Value), tables.Now + mark.Lifetime)).Select(mark => mark.Value)],
        cancellationToken);

    public Task<int> CleanAsync(string fleet, int most, CancellationToken cancellationToken) => store.CallAsync(
        tables =>
        {
            (string, Guid)[] over = [.. tables.Replays.Where(row => row.Key.Fleet == fleet && row.Value <= tables.Now).OrderBy(row => row.Value).Take(most)
                .Select(row => row.Key)];
            foreach ((string, Guid) key in over) tables.Replays.Remove(key);
            return over.Length;
        },
        cancellationToken);
}
