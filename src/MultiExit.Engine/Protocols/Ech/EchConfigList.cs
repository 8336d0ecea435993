using System.Buffers.Binary;

namespace MultiExit.Engine.Protocols.Ech;

/// <summary>An ECHConfigList (RFC 9849 section 4): the configs that a server publishes, in its order of preference. Immutable.</summary>
public sealed class EchConfigList
{
    private EchConfigList(byte[] encoded, IReadOnlyList<EchConfig> configs)
    {
        Encoded = encoded;
        Configs = configs;
    }

    /// <summary>The configs, usable or not; at least one.</summary>
    public IReadOnlyList<EchConfig> Configs { get; }

    /// <summary>The whole list with its length.</summary>
    public ReadOnlyMemory<byte> Encoded { get; }

    /// <summary>The config to use: the first that a client may use; null when there is none.</summary>
    public EchConfig? Usable => Configs.FirstOrDefault(config => config.Unusable is null);

    /// <summary>Why no config is usable, as one clause for each; null when one is.</summary>
    public string? WhyNot => Usable is not null ? null
        : string.Join("; ", Configs.Take(MaxReasons).Select((config, index) => $"config {index + 1} is not usable: {config.Unusable}"))
            + (Configs.Count > MaxReasons ? $"; and {Configs.Count - MaxReasons} more" : "");

    // A list of 64 KiB has room for 16,000 configs of an unknown version.
    private const int MaxReasons = 4;

    /// <summary>Reads a list.</summary>
    /// <param name="source">The list: its length in two bytes, then the configs. Nothing may follow.</param>
    /// <param name="list">The list; null when the result is not null.</param>
    /// <returns>Null when it was read, otherwise what is wrong, as the end of a sentence.</returns>
    public static string? Parse(ReadOnlySpan<byte> source, out EchConfigList? list)
    {
        list = null;
        WireReader reader = new(source);
        if (!reader.TryReadVector16(out ReadOnlySpan<byte> body)) return "is cut off";
        if (!reader.IsEmpty) return "is longer than its length says";
        if (body.IsEmpty) return "is empty";
        List<EchConfig> configs = [];
        WireReader rest = new(body);
        while (!rest.IsEmpty)
        {
            ReadOnlySpan<byte> start = rest.Rest;
            if (!rest.TryReadUInt16(out ushort version) || !rest.TryReadVector16(out ReadOnlySpan<byte> contents))
                return "holds a config that is longer than the list";
            configs.Add(EchConfig.Read(version, contents, start[..(start.Length - rest.Rest.Length)].ToArray()));
        }
        list = new(source.ToArray(), configs);
        return null;
    }

    /// <summary>Writes a list.</summary>
    /// <exception cref="ArgumentException">There is no config, or they take more than 65535 bytes.</exception>
    internal static byte[] Write(IReadOnlyList<EchConfig> configs)
    {
        int length = configs.Sum(config => config.Encoded.Length);
        if (length is 0 or > ushort.MaxValue) throw new ArgumentException("a list has 4 to 65535 bytes", nameof(configs));
        byte[] list = new byte[sizeof(ushort) + length];
        BinaryPrimitives.WriteUInt16BigEndian(list, (ushort)length);
        int offset = sizeof(ushort);
        foreach (EchConfig config in configs)
        {
            config.Encoded.Span.CopyTo(list.AsSpan(offset));
            offset += config.Encoded.Length;
        }
        return list;
    }
}
