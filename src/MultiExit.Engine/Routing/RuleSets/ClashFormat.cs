using MultiExit.Engine.Sources;

namespace MultiExit.Engine.Routing.RuleSets;

/// <summary>The format <c>clash</c>: a rule provider with the behavior <c>domain</c>, <c>ipcidr</c> or <c>classical</c>, as the list
/// <c>payload</c> of a YAML file or as its lines alone.</summary>
/// <remarks>Read line by line, as providers write it: a list of a million entries must not become a document in memory.</remarks>
internal static class ClashFormat
{
    public static void Read(Stream stream, RuleSetBuilder builder)
    {
        LineReader lines = new(stream);
        while (lines.TryRead(out ReadOnlySpan<byte> line))
        {
            if (line.IsEmpty || line[0] == '#' || line.StartsWith("payload:"u8) && WithoutComment(line["payload:".Length..]).IsEmpty) continue;
            if (line.StartsWith("- "u8)) line = Unquote(line[2..].TrimStart(" \t"u8), lines.Line);
            else line = Unquote(line, lines.Line);
            if (line.IsEmpty) continue;
            int comma = line.IndexOf((byte)',');
            if (comma < 0) ReadPlain(line, builder, lines.Line);
            else ReadTyped(line, comma, builder, lines.Line);
        }
    }

    private static void ReadPlain(ReadOnlySpan<byte> text, RuleSetBuilder builder, int line)
    {
        if (text.StartsWith("+."u8)) builder.AddDomain(text[2..], NameKinds.Itself | NameKinds.Beneath, line);
        else if (text[0] == '.') builder.AddDomain(text[1..], NameKinds.Beneath, line);
        else if (text.StartsWith("*."u8)) builder.AddDomain(text[2..], NameKinds.OneBelow, line);
        else if (RuleSetBuilder.LooksLikeNetwork(text)) builder.AddNetwork(text, line);
        else builder.AddDomain(text, NameKinds.Itself, line);
    }

    // TYPE,VALUE and further words of which only one has no effect here: names are never resolved to match a set alone.
    private static void ReadTyped(ReadOnlySpan<byte> text, int comma, RuleSetBuilder builder, int line)
    {
        ReadOnlySpan<byte> type = text[..comma].Trim(" "u8);
        ReadOnlySpan<byte> value = text[(comma + 1)..];
        int more = value.IndexOf((byte)',');
        if (more >= 0)
        {
            if (!value[(more + 1)..].Trim(" "u8).SequenceEqual("no-resolve"u8)) throw RuleSetBuilder.Fault(line, text, "has more than a type and a value");
            value = value[..more];
        }
        value = value.Trim(" "u8);
        if (type.SequenceEqual("DOMAIN"u8)) builder.AddDomain(value, NameKinds.Itself, line);
        else if (type.SequenceEqual("DOMAIN-SUFFIX"u8)) builder.AddDomain(value, NameKinds.Itself | NameKinds.Beneath, line);
        else if (type.SequenceEqual("DOMAIN-KEYWORD"u8)) builder.AddKeyword(value, line);
        else if (type.SequenceEqual("IP-CIDR"u8) || type.SequenceEqual("IP-CIDR6"u8)) builder.AddNetwork(value, line);
        else throw RuleSetBuilder.Fault(line, type, "is no type that a set can have; there are DOMAIN, DOMAIN-SUFFIX, DOMAIN-KEYWORD, IP-CIDR and IP-CIDR6");
    }

    private static ReadOnlySpan<byte> Unquote(ReadOnlySpan<byte> text, int line)
    {
        if (text.IsEmpty || text[0] is not ((byte)'\'' or (byte)'"')) return WithoutComment(text);
        int end = text[1..].IndexOf(text[0]);
        if (end < 0 || !WithoutComment(text[(end + 2)..]).IsEmpty) throw RuleSetBuilder.Fault(line, text, "has a quote that does not end");
        return text[1..(end + 1)];
    }

    // In YAML a comment follows a blank.
    private static ReadOnlySpan<byte> WithoutComment(ReadOnlySpan<byte> text)
    {
        int comment = text.IndexOf(" #"u8);
        return (comment < 0 ? text : text[..comment]).Trim(" \t"u8);
    }
}
