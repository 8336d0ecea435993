using MultiExit.Engine.Protocols;

namespace MultiExit.Fuzz;

/// <summary>Checks the promise of <see cref="ParseStatus"/>: pieces that arrive one by one give the same as all at once.</summary>
internal static class Prefixes
{
    private const int Most = 600;

    /// <summary>Checks a reader that is given all bytes so far each time.</summary>
    public static ParseStatus Check(ReadOnlySpan<byte> input, PrefixReader read)
    {
        ParseStatus whole = read(input, out int consumed);
        Claim.Declared(whole);
        if (whole == ParseStatus.Ok) Claim.That(consumed > 0 && consumed <= input.Length,
            $"{consumed} of {input.Length} bytes were consumed");
        for (int length = 0; length < Math.Min(input.Length, Most); length++)
        {
            ParseStatus status = read(input[..length], out int taken);
            if (status == ParseStatus.NeedMore)
            {
                Claim.That(whole != ParseStatus.Ok || length < consumed, $"the message of {consumed} bytes is not complete with {length}");
                continue;
            }
            Claim.Same(whole, status, $"the outcome of all bytes against that of the first {length}");
            Claim.Same(consumed, taken, $"the length in all bytes against that in the first {length}");
        }
        return whole;
    }
}
