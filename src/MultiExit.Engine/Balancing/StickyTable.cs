using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace MultiExit.Engine.Balancing;

/// <summary>Which member clients and users are bound to. Bounded; kept across reloads. Thread-safe.</summary>
internal sealed class StickyTable(TimeProvider time)
{
    /// <summary>The most bindings kept; beyond it the one unseen for longest is forgotten.</summary>
    internal const int MaxBindings = 65536;

    private readonly Lock _lock = new();
    private readonly Dictionary<UInt128, LinkedListNode<Binding>> _bindings = [];
    private readonly LinkedList<Binding> _byAge = new();
    private long _changes;

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
        lock (_lock)
        {
            if (_bindings.Remove(id, out LinkedListNode<Binding>? known)) _byAge.Remove(known);
            Add(new Binding(id, member, time.GetTimestamp(), lifetime));
            _changes++;
        }
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
                    Add(new Binding(binding.Id, binding.Member, now - (long)(binding.Age.TotalSeconds * time.TimestampFrequency), binding.Lifetime));
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

    private sealed record Binding(UInt128 Id, string Member, long Seen, TimeSpan? Lifetime);
}
