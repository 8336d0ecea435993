using System.Text;
using MultiExit.Engine.Protocols.Ech;
using MultiExit.Engine.Resolving;

namespace MultiExit.Fuzz.Targets;

/// <summary>An ECHConfigList as text, and a server's keys in PEM (RFC 9934). Outcomes: a value, or what is wrong with it.</summary>
internal static class EchTextTarget
{
    public static FuzzTarget Target => new("ech-text", Run)
    {
        Words =
        [
            "-----BEGIN ECHCONFIG-----", "-----END ECHCONFIG-----", "-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----", "-----",
            @"\n", "ech=", "\"", "=", "AAAA"
        ],
    };

    private static void Run(ReadOnlySpan<byte> input)
    {
        string text = Encoding.Latin1.GetString(input);
        Meter meter = new();
        string? problem = EchConfigQuery.Parse(text, out EchConfigList? list);
        meter.Check(input.Length, 200, 16384);
        Claim.Same(list is null, problem is not null, "a problem comes without a list");
        if (list is not null)
        {
            Claim.Same(null, EchConfigQuery.Parse(EchPemFile.WriteConfig(list.Encoded.Span), out EchConfigList? again), "a list in PEM");
            Claim.SameBytes(list.Encoded.Span, again!.Encoded.Span, "a list in PEM");
        }
        meter = new();
        problem = EchPemFile.ReadKeys(text, out IReadOnlyList<EchPemPair> pairs);
        meter.Check(input.Length, 200, 32768);
        if (problem is not null) return;
        Claim.That(pairs.Count is > 0 and <= EchPemFile.MaxKeys, "there are no keys, or too many");
        foreach (EchPemPair pair in pairs)
        {
            Claim.Same(null, EchPemFile.ReadKeys(EchPemFile.WritePair(pair.PrivateKey, pair.Configs.Encoded.Span),
                out IReadOnlyList<EchPemPair> again), "a pair that was written");
            Claim.SameBytes(pair.PrivateKey, again[0].PrivateKey, "a private key");
        }
    }
}
