using MultiExit.Engine.Sources;

namespace MultiExit.Engine.Routing.RuleSets;

/// <summary>The format <c>lines</c>: a domain as in rules, a network, or <c>keyword:</c> and a part of names a line; <c>#</c> begins a
/// comment.</summary>
internal static class LinesFormat
{
    public static void Read(Stream stream, RuleSetBuilder builder)
    {
        LineReader lines = new(stream);
        while (lines.TryRead(out ReadOnlySpan<byte> line))
        {
            int comment = line.IndexOf((byte)'#');
            if (comment >= 0) line = line[..comment].TrimEnd(" \t"u8);
            if (line.IsEmpty) continue;
            if (line.StartsWith("keyword:"u8)) builder.AddKeyword(line["keyword:".Length..], lines.Line);
            else if (line[0] == '.') builder.AddDomain(line[1..], NameKinds.Itself | NameKinds.Beneath, lines.Line);
            else if (RuleSetBuilder.LooksLikeNetwork(line)) builder.AddNetwork(line, lines.Line);
            else if (line.StartsWith("*."u8))
                throw RuleSetBuilder.Fault(lines.Line, line, "has a wildcard; .example.com is the domain and everything beneath it");
            else builder.AddDomain(line, NameKinds.Itself, lines.Line);
        }
    }
}
