using System.Globalization;
using System.Text;
using MultiExit.Engine.Protocols.Http;

namespace MultiExit.Fuzz.Targets;

/// <summary>Bodies: the first byte says how the end is found (0 chunked, 1 until the end, otherwise a length), the others are the bytes.
/// Outcomes: <see cref="HttpChunkPart"/>.</summary>
internal static class HttpBodyTarget
{
    private static readonly HttpLimits Tight = new(40, 120, 4);

    public static FuzzTarget Target => new("http-body", Run)
    {
        Words =
        [
            @"\r\n", @"0\r\n\r\n", @"5\r\nhello\r\n", "ffffffffffffffff", "fffffffffffffff", "7fffffffffffffff", ";a=b", ";a=\"b\"", " ;",
            "\\\\\"", "Host: a", @"\n", @"\t"
        ],
    };

    private static void Run(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty) return;
        HttpFraming framing = input[0] switch { 0 => new(HttpBodyKind.Chunked), 1 => new(HttpBodyKind.UntilClose),
            _ => new(HttpBodyKind.Length, input[0] - 2) };
        Check(input[1..], framing, HttpLimits.Default);
        Check(input[1..], framing, Tight);
        Check(input[1..], framing with { IsResponse = true }, HttpLimits.Default);
    }

    private static void Check(ReadOnlySpan<byte> bytes, HttpFraming framing, HttpLimits limits)
    {
        Meter meter = new();
        HttpBodyDecoder taken = new(framing, limits);
        bool valid = taken.TryTake(bytes, out int length);
        // Only a fault that names the limit costs something.
        meter.Check(bytes.Length, 0, valid ? 0 : 1024);
        (bool wholeValid, int wholeLength, bool wholeComplete, byte[] whole) = Decode(bytes, framing, limits, bytes.Length);
        Claim.Same(valid, wholeValid, "TryTake against Next");
        if (valid) Claim.Same(length, wholeLength, "TryTake against Next");
        foreach (int piece in (ReadOnlySpan<int>)[1, 2, 7])
        {
            (bool pieceValid, int pieceLength, bool complete, byte[] content) = Decode(bytes, framing, limits, piece);
            Claim.Same(wholeValid, pieceValid, "the outcome of a body in pieces");
            Claim.Same(wholeComplete, complete, "the end of a body in pieces");
            Claim.SameBytes(whole, content, "the content of a body in pieces");
            if (wholeValid) Claim.Same(wholeLength, pieceLength, "the length of a body in pieces");
        }
        if (!wholeComplete || framing.Kind != HttpBodyKind.Chunked) return;
        byte[] written = [.. whole.Length == 0 ? [] : Encoding.ASCII.GetBytes(whole.Length.ToString("x", CultureInfo.InvariantCulture)),
            .. whole.Length == 0 ? ""u8 : "\r\n"u8, .. whole,
            .. whole.Length == 0 ? ""u8 : "\r\n"u8, .. "0\r\n\r\n"u8];
        (_, _, bool again, byte[] same) = Decode(written, framing, limits, written.Length);
        Claim.That(again, "a body that was written has no end");
        Claim.SameBytes(whole, same, "a body that was written and read");
    }

    private static (bool Valid, int Length, bool Complete, byte[] Content) Decode(ReadOnlySpan<byte> bytes, HttpFraming framing,
        HttpLimits limits, int piece)
    {
        HttpBodyDecoder decoder = new(framing, limits);
        List<byte> content = [];
        int at = 0;
        while (at < bytes.Length && !decoder.IsComplete)
        {
            HttpChunkPart part = decoder.Next(bytes.Slice(at, Math.Min(piece, bytes.Length - at)), out int consumed);
            Claim.Declared(part);
            if (part == HttpChunkPart.Invalid) return (false, at, false, [.. content]);
            Claim.That(consumed > 0 && consumed <= piece, "a step consumes nothing, or more than there is");
            if (part == HttpChunkPart.Data) content.AddRange(bytes.Slice(at, consumed));
            at += consumed;
        }
        return (true, at, decoder.IsComplete, [.. content]);
    }
}
