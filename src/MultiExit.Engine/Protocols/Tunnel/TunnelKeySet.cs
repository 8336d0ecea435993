using System.Buffers.Binary;
using System.Runtime.Intrinsics;

namespace MultiExit.Engine.Protocols.Tunnel;

/// <summary>The keys that a client's handshake may have been made with, prepared so that trying thousands of them costs little: the first half of each
/// HMAC is known beforehand, and the second half is computed for eight keys at a time (RFC 2104 section 4, docs/decisions/0083). Immutable.</summary>
internal sealed class TunnelKeySet
{
    private const int Lanes = 8;
    private const int Words = Sha256Lanes.StateWords;
    private const int BlockLength = 64;

    // Of eight keys each: the state behind the inner and the outer padded key, a vector a word.
    private readonly Vector256<uint>[] _inner;
    private readonly Vector256<uint>[] _outer;

    public TunnelKeySet(IReadOnlyList<TunnelPsk> keys)
    {
        Keys = keys;
        int groups = (keys.Count + Lanes - 1) / Lanes;
        _inner = new Vector256<uint>[groups * Words];
        _outer = new Vector256<uint>[groups * Words];
        for (int group = 0; group < groups; group++)
        {
            PadInto(_inner.AsSpan(group * Words, Words), group, 0x36);
            PadInto(_outer.AsSpan(group * Words, Words), group, 0x5c);
        }
    }

    /// <summary>The keys.</summary>
    public IReadOnlyList<TunnelPsk> Keys { get; }

    /// <summary>Finds the key that a message was signed with, in the same time for each of them and for none.</summary>
    /// <param name="message">The message, at most 55 bytes: one block of SHA-256.</param>
    /// <param name="mac">The first four bytes of its HMAC.</param>
    /// <returns>Its place; -1 for none, and where several fit: four bytes may, and a client must not be taken for another.</returns>
    public int Find(ReadOnlySpan<byte> message, ReadOnlySpan<byte> mac)
    {
        Span<Vector256<uint>> inner = stackalloc Vector256<uint>[Sha256Lanes.ScheduleWords];
        Sha256Lanes.ScheduleOf(message, BlockLength + message.Length, inner);
        Span<Vector256<uint>> state = stackalloc Vector256<uint>[Words];
        Span<Vector256<uint>> outer = stackalloc Vector256<uint>[Sha256Lanes.ScheduleWords];
        Vector256<uint> wanted = Vector256.Create(BinaryPrimitives.ReadUInt32BigEndian(mac));
        int found = -1, matches = 0;
        for (int first = 0; first < Keys.Count; first += Lanes)
        {
            int at = first / Lanes * Words;
            _inner.AsSpan(at, Words).CopyTo(state);
            Sha256Lanes.Compress(state, inner);
            Sha256Lanes.ScheduleOf(state, BlockLength + TunnelPsk.KeyLength, outer);
            _outer.AsSpan(at, Words).CopyTo(state);
            Sha256Lanes.Compress(state, outer);
            uint right = Vector256.Equals(state[0], wanted).ExtractMostSignificantBits();
            for (int lane = 0; lane < Lanes; lane++)
            {
                // Lanes behind the last key belong to nobody.
                bool fits = ((right >> lane) & 1) != 0 & first + lane < Keys.Count;
                found = fits ? first + lane : found;
                matches += fits ? 1 : 0;
            }
        }
        return matches == 1 ? found : -1;
    }

    private void PadInto(Span<Vector256<uint>> state, int group, byte pad)
    {
        Span<byte> block = stackalloc byte[BlockLength];
        Span<uint> words = stackalloc uint[Words];
        Span<uint> lanes = stackalloc uint[Lanes * Words];
        for (int lane = 0; lane < Lanes && group * Lanes + lane < Keys.Count; lane++)
        {
            block.Clear();
            Keys[group * Lanes + lane].HandshakeKey.CopyTo(block);
            for (int i = 0; i < BlockLength; i++) block[i] ^= pad;
            Sha256Lanes.CompressFirst(block, words);
            for (int word = 0; word < Words; word++) lanes[word * Lanes + lane] = words[word];
        }
        for (int word = 0; word < Words; word++) state[word] = Vector256.Create<uint>(lanes.Slice(word * Lanes, Lanes));
        block.Clear();
        lanes.Clear();
    }
}
