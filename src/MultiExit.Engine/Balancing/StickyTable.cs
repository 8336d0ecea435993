using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace MultiExit.Engine.Balancing;

/// <summary>Which member clients and users are bound to. Bounded; kept across reloads. Thread-safe.</summary>
/// <param name="time">The clock.</param>
/// <param name="changed">Called with the key of a binding that is new or another one, or is there no more (false).</param>
internal sealed class StickyTable(TimeProvider time, Action<UInt128, bool>? changed = null)
{
    /// <summary>The most bindings kept; beyond it the one unseen for longest is forgotten.</summary>
    internal const int MaxBindings = 65536;

    // Where a binding of another node is put by its age: beyond that many newer ones its place does not count.
    private const int MaxSteps = 64;

    private readonly Lock _lock = new();
    private readonly Dictionary<UInt128, LinkedListNode<Binding>> _bindings = [];
    private readonly LinkedList<Binding> _byAge = new();
    private long _changes;
    private long _lifetime = TimeSpan.FromMinutes(30).Ticks;

    /// <summary>How long bindings last that do not say so themselves.</summary>
    public TimeSpan Lifetime
    {
        get => new(Volatile.Read(ref _lifetime));
        set => Volatile.Write(ref _lifetime, value.Ticks);
    }

    /// <summary>Grows with every change that is worth writing down.</summary>
    public long Changes => Volatile.Read(ref _changes);

    /// <summary>The member that a key is bound to; null when there is none, or its lifetime is over.</summary>
    public string? Find(string key, TimeSpan lifetime)
    {
        UInt128 id = IdOf(key);
        lock (_lock)
        {
            // One that lasts longer keeps those behind it, which are looked at when they are asked for.
            while (_byAge.First is { } oldest && IsOver(oldest.Value, lifetime)) Forget(oldest);
            if (!_bindings.TryGetValue(id, out LinkedListNode<Binding>? node)) return null;
            if (!IsOver(node.Value, lifetime)) return node.Value.Member;
            Forget(node);
            return null;
        }
    }

    /// <summary>Binds a key, or notes that it was seen again.</summary>
    /// <param name="key">The key.</param>
    /// <param name="member">The member.</param>
    /// <param name="lifetime">How long this binding lasts; null: as long as those of the group.</param>
    public void Bind(string key, string member, TimeSpan? lifetime = null)
    {
        UInt128 id = IdOf(key);
        bool isNews;
        lock (_lock)
        {
            if (_bindings.Remove(id, out LinkedListNode<Binding>? known)) _byAge.Remove(known);
            long now = time.GetTimestamp();
            // That it was seen is told in time for those who count its lifetime, and no more often.
            isNews = known is null || known.Value.Member != member || known.Value.Lifetime != lifetime
                || time.GetElapsedTime(known.Value.Told, now) >= (lifetime ?? Lifetime) / 4;
            Add(new Binding(id, member, now, lifetime, isNews ? now : known!.Value.Told));
            _changes++;
        }
        if (isNews) changed?.Invoke(id, true);
    }

    public void Unbind(string key)
    {
        UInt128 id = IdOf(key);
        lock (_lock)
        {
            if (!_bindings.TryGetValue(id, out LinkedListNode<Binding>? known)) return;
            Forget(known);
            _changes++;
        }
        changed?.Invoke(id, false);
    }

    /// <summary>A binding; null: it is not there, or over.</summary>
    public StickyBinding? Get(UInt128 id)
    {
        lock (_lock)
            return _bindings.TryGetValue(id, out LinkedListNode<Binding>? node) && !IsOver(node.Value, Lifetime)
                ? new StickyBinding(id, node.Value.Member, time.GetElapsedTime(node.Value.Seen), node.Value.Lifetime) : null;
    }

    /// <summary>Takes what another server says of a key, unless what is known is newer. Nobody is told.</summary>
    /// <param name="binding">The binding, or for how long there is none.</param>
    /// <param name="isBound">Whether it is bound.</param>
    public void Merge(StickyBinding binding, bool isBound)
    {
        lock (_lock)
        {
            long now = time.GetTimestamp(), seen = now - (long)(binding.Age.TotalSeconds * time.TimestampFrequency);
            if (_bindings.TryGetValue(binding.Id, out LinkedListNode<Binding>? known))
            {
                if (known.Value.Seen >= seen) return;
                Forget(known);
            }
            else if (!isBound)
            {
                return;
            }
            _changes++;
            if (!isBound) return;
            if (_bindings.Count >= MaxBindings) Forget(_byAge.First!);
            LinkedListNode<Binding>? before = _byAge.Last;
            for (int steps = 0; steps < MaxSteps && before is not null && before.Value.Seen > seen; steps++) before = before.Previous;
            Binding added = new(binding.Id, binding.Member, seen, binding.Lifetime, seen);
            _bindings[binding.Id] = before is null ? _byAge.AddFirst(added) : _byAge.AddAfter(before, added);
        }
    }

    /// <summary>Takes bindings from before, except for keys that are known already.</summary>
    public void Load(IEnumerable<StickyBinding> bindings)
    {
        long now = time.GetTimestamp();
        lock (_lock)
        {
            Binding[] present = [.. _byAge];
            _bindings.Clear();
            _byAge.Clear();
            foreach (StickyBinding binding in bindings.OrderByDescending(binding => binding.Age))
                if (!_bindings.ContainsKey(binding.Id))
                {
                    long seen = now - (long)(binding.Age.TotalSeconds * time.TimestampFrequency);
                    Add(new Binding(binding.Id, binding.Member, seen, binding.Lifetime, seen));
                }
            foreach (Binding binding in present)
            {
                if (_bindings.Remove(binding.Id, out LinkedListNode<Binding>? older)) _byAge.Remove(older);
                Add(binding);
            }
        }
    }

    /// <summary>All bindings, those unseen for longest first.</summary>
    /// <param name="changes">The change count that the bindings are as of.</param>
    public IReadOnlyList<StickyBinding> Snapshot(out long changes)
    {
        lock (_lock)
        {
            changes = _changes;
            long now = time.GetTimestamp();
            return [.. _byAge.Select(binding => new StickyBinding(binding.Id, binding.Member, time.GetElapsedTime(binding.Seen, now), binding.Lifetime))];
        }
    }

    private static UInt128 IdOf(string key)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(key), hash);
        return BinaryPrimitives.ReadUInt128BigEndian(hash);
    }

    private bool IsOver(Binding binding, TimeSpan lifetime) => time.GetElapsedTime(binding.Seen) >= (binding.Lifetime ?? lifetime);

    private void Add(Binding binding)
    {
        if (_bindings.Count >= MaxBindings) Forget(_byAge.First!);
        _bindings[binding.Id] = _byAge.AddLast(binding);
    }

    private void Forget(LinkedListNode<Binding> node)
    {
        _bindings.Remove(node.Value.Id);
        _byAge.Remove(node);
    }

    private sealed record Binding(UInt128 Id, string Member, long Seen, TimeSpan? Lifetime, long Told);
}
