using MultiExit.Engine.Balancing;
using MultiExit.Engine.Fleet.Pins;

namespace MultiExit.Engine.Fleet.Memory;

/// <summary>Pins in memory.</summary>
internal sealed class MemoryPins(MemoryStore store) : IPinStore
{
    public Task WriteAsync(FleetMember member, IReadOnlyList<SharedPin> pins, CancellationToken cancellationToken) => store.CallAsync(
        tables =>
        {
            if (tables.Nodes.GetValueOrDefault((member.Fleet, member.Node))?.Epoch != member.Epoch) return 0;
            long version = tables.Change(member.Fleet, SharedPins.Name);
            foreach (SharedPin pin in pins)
            {
                (string, string, UInt128) key = (member.Fleet, pin.Group, pin.Binding.Id);
                DateTimeOffset seen = tables.Now - pin.Binding.Age;
                if (tables.Pins.TryGetValue(key, out MemoryPin? before) && before.Seen > seen) continue;
                tables.Pins[key] = new MemoryPin(pin.IsBound ? pin.Binding.Member : null, seen, pin.Lasts, pin.Binding.Lifetime, version);
            }
            return version;
        },
        cancellationToken);

    public Task<PinChanges> ReadAsync(string fleet, long since, CancellationToken cancellationToken) => store.CallAsync(
        tables =>
        {
            long version = tables.Versions.GetValueOrDefault((fleet, SharedPins.Name));
            long from = version < since ? 0 : since;
            return new PinChanges(version, [.. tables.Pins
                .Where(row => row.Key.Fleet == fleet && row.Value.Version > from && row.Value.Seen + row.Value.Lasts > tables.Now)
                .OrderByDescending(row => row.Value.Version).Take(SharedPins.MaxRead)
                .Select(row => new SharedPin(row.Key.Group, BindingOf(row.Key.Client, row.Value, tables.Now), row.Value.Member is not null, row.Value.Lasts))]);
        },
        cancellationToken);

    private static StickyBinding BindingOf(UInt128 client, MemoryPin row, DateTimeOffset now) => new(client, row.Member ?? "", now - row.Seen, row.Lifetime);
}
