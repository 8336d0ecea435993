using MultiExit.Engine.Protocols.Ech;

namespace MultiExit.Fuzz.Targets;

/// <summary>An ECHConfigList. Outcomes: a list whose configs may be unusable, with the reason, or what is wrong with it.</summary>
internal static class EchConfigListTarget
{
    public static FuzzTarget Target => new("ech-config-list", Run) { Words = [@"\xfe\x0d", @"\x00\x20\x00\x20",
        @"\x00\x04\x00\x01\x00\x01", @"\x00\x00", @"\xff\x00", "0x1"] };

    private static void Run(ReadOnlySpan<byte> input)
    {
        Meter meter = new();
        string? problem = EchConfigList.Parse(input, out EchConfigList? list);
        meter.Check(input.Length, 200, 8192);
        Claim.Same(list is null, problem is not null, "a problem comes without a list");
        if (list is null) return;
        Claim.That(list.Configs.Count > 0, "a list is empty");
        Claim.Same(list.Usable is null, list.WhyNot is not null, "a reason comes with a list that is not usable");
        Claim.SameBytes(input, list.Encoded.Span, "a list");
        Claim.SameBytes(input, EchConfigList.Write(list.Configs), "a list that was written");
        foreach (EchConfig config in list.Configs)
        {
            Claim.That(config.Unusable is null || !config.Unusable.AsSpan().ContainsAnyExceptInRange(' ', '~'),
                "a reason has a character that does not print");
            if (config.Unusable is null) Claim.That(EchPublicName.IsValid(config.PublicName!),
                "a usable config has a public name that is none");
        }
    }
}
