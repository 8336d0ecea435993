using System.Text;
using MultiExit.Engine.Protocols.Lightsocks;

namespace MultiExit.Fuzz.Targets;

/// <summary>Passwords of Lightsocks. Outcomes: a table, or none.</summary>
internal static class LightsocksTableTarget
{
    public static FuzzTarget Target => new("lightsocks-table", Run) { MaxLength = 400, Words = ["AAECAwQF", "==", "/w=="] };

    private static void Run(ReadOnlySpan<byte> input)
    {
        Meter meter = new();
        bool isOne = LightsocksTable.TryRead(input, out LightsocksTable? table);
        meter.Check(input.Length, 64, 4096);
        Claim.Same(isOne, table is not null, "a table comes with true");
        if (table is null) return;
        byte[] octets = new byte[LightsocksTable.Size], sent = new byte[LightsocksTable.Size];
        for (int i = 0; i < octets.Length; i++) octets[i] = (byte)i;
        table.Encode(octets, sent);
        Claim.SameBytes(Convert.FromBase64String(Encoding.ASCII.GetString(input)), sent, "a table");
        Claim.That(!octets.Where((octet, index) => sent[index] == octet).Any(), "an octet stays itself");
        table.Decode(sent, sent);
        Claim.SameBytes(octets, sent, "octets that were sent");
    }
}
