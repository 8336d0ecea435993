using System.Numerics;
using System.Text;

namespace MultiExit.Engine.Routing.RuleSets;

/// <summary>The domains of a set, made for a million of them: names in blocks of bytes, found by a table of hashes with open addressing. No
/// object an entry; a look-up allocates nothing. Immutable.</summary>
internal sealed class DomainIndex
{
    /// <summary>The most characters of a name (RFC 1035 section 2.3.4).</summary>
    public const int MaxName = 253;

    internal const int BlockBits = 20;
    internal const int KindBits = 3;
    private const int KindMask = (1 << KindBits) - 1;
    private readonly byte[][] _blocks;
    private readonly uint[] _places;
    private readonly uint[] _lines;
    private readonly ulong[] _slots;
    private readonly int _mask;
    private readonly NameHash _hash = NameHash.Create();

    /// <param name="blocks">The names, each behind a byte with its length.</param>
    /// <param name="places">Where each name begins: block and offset.</param>
    /// <param name="lines">Line and kinds of each.</param>
    internal DomainIndex(byte[][] blocks, uint[] places, uint[] lines)
    {
        _blocks = blocks;
        _places = places;
        _lines = lines;
        // At most half of them are taken, so that a look-up in vain ends soon.
        _slots = new ulong[(int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(places.Length, 1) * 2)];
        _mask = _slots.Length - 1;
        for (int i = 0; i < places.Length; i++) Insert(i);
    }

    /// <summary>The domains, the same one in several lines once.</summary>
    public int Count { get; private set; }

    /// <summary>The bytes that it takes.</summary>
    public long Bytes => _blocks.Sum(block => (long)block.Length) + _places.Length * 8L + _slots.Length * 8L;

    /// <summary>Finds an entry that stands for a name.</summary>
    /// <param name="name">The name in lower case, in ASCII.</param>
    /// <returns>Its number; negative: there is none.</returns>
    public int Find(ReadOnlySpan<char> name)
    {
        if (Count == 0) return -1;
        ulong hash = 0;
        for (int i = name.Length - 1; i >= 0; i--)
        {
            char c = name[i];
            if (c > 127) return -1;
            if (c == '.' && FindAt(name[(i + 1)..], hash) is >= 0 and var above && IsMeant(above, name[..i])) return above;
            hash = _hash.Before(hash, (byte)c);
        }
        return FindAt(name, hash) is >= 0 and var itself && (KindsOf(itself) & NameKinds.Itself) != NameKinds.None ? itself : -1;
    }

    /// <summary>The line that an entry stands in, from 1.</summary>
    public int LineOf(int entry) => (int)(_lines[entry] >> KindBits);

    /// <summary>An entry as text.</summary>
    public string TextOf(int entry)
    {
        NameKinds kinds = KindsOf(entry);
        string prefix = (kinds & NameKinds.Beneath) != NameKinds.None ? (kinds & NameKinds.Itself) != NameKinds.None ? "." : "+."
            : (kinds & NameKinds.OneBelow) != NameKinds.None ? "*." : "";
        return prefix + Encoding.ASCII.GetString(NameAt(_places[entry]));
    }

    // Whether an entry stands for a name beneath it.
    private bool IsMeant(int entry, ReadOnlySpan<char> before)
    {
        NameKinds kinds = KindsOf(entry);
        return (kinds & NameKinds.Beneath) != NameKinds.None || (kinds & NameKinds.OneBelow) != NameKinds.None && !before.Contains('.');
    }

    private NameKinds KindsOf(int entry) => (NameKinds)(_lines[entry] & KindMask);

    private int FindAt(ReadOnlySpan<char> name, ulong hash)
    {
        for (int slot = SlotOf(hash); _slots[slot] is not 0 and var taken; slot = (slot + 1) & _mask)
        {
            int entry = (int)(uint)taken - 1;
            if ((uint)(taken >> 32) == (uint)hash && Ascii.Equals(NameAt(_places[entry]), name)) return entry;
        }
        return -1;
    }

    private void Insert(int entry)
    {
        ReadOnlySpan<byte> name = NameAt(_places[entry]);
        ulong hash = 0;
        for (int i = name.Length - 1; i >= 0; i--) hash = _hash.Before(hash, name[i]);
        int slot = SlotOf(hash);
        for (; _slots[slot] is not 0 and var taken; slot = (slot + 1) & _mask)
        {
            int other = (int)(uint)taken - 1;
            if ((uint)(taken >> 32) != (uint)hash || !NameAt(_places[other]).SequenceEqual(name)) continue;
            // The first line stays, and stands for what both say.
            _lines[other] |= _lines[entry] & KindMask;
            return;
        }
        _slots[slot] = (ulong)(uint)hash << 32 | (uint)(entry + 1);
        Count++;
    }

    // Other bits than those that the slot keeps.
    private int SlotOf(ulong hash) => (int)(hash >> 29) & _mask;

    private ReadOnlySpan<byte> NameAt(uint place)
    {
        byte[] block = _blocks[place >> BlockBits];
        int offset = (int)(place & ((1 << BlockBits) - 1));
        return block.AsSpan(offset + 1, block[offset]);
    }
}
