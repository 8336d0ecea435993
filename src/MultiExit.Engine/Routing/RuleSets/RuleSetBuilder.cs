using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Routes;
using MultiExit.Engine.Configuration.Values;
using MultiExit.Engine.Protocols;
using MultiExit.Engine.Sources;

namespace MultiExit.Engine.Routing.RuleSets;

/// <summary>Takes the entries of a set, one after the other. The first that is not valid is a fault of the whole.</summary>
internal sealed class RuleSetBuilder
{
    private const int MaxKeywords = 10_000;
    private const int MaxShown = 100;
    private readonly DomainIndexBuilder _domains = new();
    private readonly List<(uint First, uint Last, int Line)> _ipv4 = [];
    private readonly List<(UInt128 First, UInt128 Last, int Line)> _ipv6 = [];
    private readonly List<(string Text, int Line)> _keywords = [];
    private int _entries;

    /// <summary>All that was added, for look-up.</summary>
    /// <exception cref="SourceFaultException">That is nothing, as a broken download leaves it. It would take all that rules deny out of them.</exception>
    public RuleSetContent Build() => _entries == 0 ? throw new SourceFaultException("it has no entry")
        : new(_domains.Build(), new NetworkIndex(_ipv4, _ipv6), _keywords);

    /// <summary>Adds a domain.</summary>
    /// <param name="text">The domain in UTF-8, without what says which names it stands for.</param>
    /// <param name="kinds">Which names it stands for.</param>
    /// <param name="line">Where it stands.</param>
    public void AddDomain(ReadOnlySpan<byte> text, NameKinds kinds, int line)
    {
        Count(line);
        Span<byte> name = stackalloc byte[DomainIndex.MaxName];
        if (text.EndsWith((byte)'.')) text = text[..^1];
        int length = text.Length <= name.Length && Ascii.IsValid(text) && Ascii.ToLower(text, name, out int written) == OperationStatus.Done
            ? written : Normalize(text, name);
        if (length == 0 || !IsName(name[..length])) throw Fault(line, text, "is no domain");
        _domains.Add(name[..length], kinds, line);
    }

    /// <summary>Adds a network or a single address.</summary>
    public void AddNetwork(ReadOnlySpan<byte> text, int line)
    {
        Count(line);
        IPNetwork network = default;
        if (text.Length > MaxShown || NetworkText.Parse(Encoding.UTF8.GetString(text), out network) is not null)
            throw Fault(line, text, "is no network such as 10.0.0.0/8 or 2001:db8::/32");
        Span<byte> bytes = stackalloc byte[16];
        network.BaseAddress.TryWriteBytes(bytes, out _);
        if (network.BaseAddress.AddressFamily == AddressFamily.InterNetwork)
        {
            uint first = BinaryPrimitives.ReadUInt32BigEndian(bytes);
            _ipv4.Add((first, first | (uint)((1UL << (32 - network.PrefixLength)) - 1), line));
        }
        else
        {
            UInt128 first = BinaryPrimitives.ReadUInt128BigEndian(bytes);
            UInt128 span = network.PrefixLength == 0 ? UInt128.MaxValue : (UInt128.One << (128 - network.PrefixLength)) - 1;
            _ipv6.Add((first, first | span, line));
        }
    }

    /// <summary>Adds a part of names.</summary>
    public void AddKeyword(ReadOnlySpan<byte> text, int line)
    {
        Count(line);
        if (text.Length is 0 or > DomainIndex.MaxName || !Ascii.IsValid(text)) throw Fault(line, text, "is no part of a name");
        if (_keywords.Count == MaxKeywords) throw new SourceFaultException(line, $"there are more than {MaxKeywords} keywords");
        _keywords.Add((Encoding.ASCII.GetString(text), line));
    }

    /// <summary>A domain, or an address or network: what it looks like.</summary>
    public static bool LooksLikeNetwork(ReadOnlySpan<byte> text) =>
        text.ContainsAny((byte)'/', (byte)':') || text.Length > 0 && text.IndexOfAnyExcept("0123456789."u8) < 0;

    /// <summary>A fault that shows what was found.</summary>
    public static SourceFaultException Fault(int line, ReadOnlySpan<byte> text, string problem) =>
        new(line, $"{ErrorText.Quote(Encoding.UTF8.GetString(text[..Math.Min(text.Length, MaxShown)]))} {problem}");

    private void Count(int line)
    {
        if (++_entries > RuleSetConfig.MaxEntries) throw new SourceFaultException(line, $"there are more than {RuleSetConfig.MaxEntries} entries");
    }

    // Names outside ASCII; rare, so strings may be made.
    private static int Normalize(ReadOnlySpan<byte> text, Span<byte> name)
    {
        bool isGood = HostName.TryNormalize(Encoding.UTF8.GetString(text), out string? host);
        return isGood && host!.Length <= name.Length ? Encoding.ASCII.GetBytes(host, name) : 0;
    }

    // As in `domains` of a rule.
    private static bool IsName(ReadOnlySpan<byte> name)
    {
        int start = 0;
        for (int i = 0; i <= name.Length; i++)
        {
            if (i < name.Length && name[i] != '.')
            {
                if (!char.IsAsciiLetterOrDigit((char)name[i]) && name[i] is not ((byte)'-' or (byte)'_')) return false;
                continue;
            }
            if (i - start is < 1 or > 63 || name[start] == '-' || name[i - 1] == '-') return false;
            start = i + 1;
        }
        return true;
    }
}
