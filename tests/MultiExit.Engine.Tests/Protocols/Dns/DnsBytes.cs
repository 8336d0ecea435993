using System.Text;
using MultiExit.Engine.Protocols.Dns;

namespace MultiExit.Engine.Tests.Protocols.Dns;

/// <summary>DNS messages byte by byte.</summary>
internal static class DnsBytes
{
    /// <summary>A pointer to the question's name, which begins after the header.</summary>
    public static readonly byte[] Asked = [0xc0, 12];

    /// <summary>A response: header, question, answers, authorities.</summary>
    public static byte[] Response(string name, DnsType type, byte[][] answers, byte[][]? authorities = null, byte code = 0, byte flags = 0x81) =>
    [
        0, 0, flags, (byte)(0x80 | code), 0, 1, 0, (byte)answers.Length, 0, (byte)(authorities?.Length ?? 0), 0, 0,
        .. Name(name), .. UInt16((ushort)type), 0, 1,
        .. answers.SelectMany(record => record), .. (authorities ?? []).SelectMany(record => record),
    ];

    public static byte[] Record(byte[] owner, DnsType type, int ttl, params byte[] data) =>
        [.. owner, .. UInt16((ushort)type), 0, 1, .. UInt16(ttl >> 16), .. UInt16(ttl), .. UInt16(data.Length), .. data];

    public static byte[] Soa(int ttl, int minimum) =>
        Record([0], DnsType.Soa, ttl, [0, 0, .. new byte[16], .. UInt16(minimum >> 16), .. UInt16(minimum)]);

    /// <summary>The data of an HTTPS record.</summary>
    public static byte[] Https(int priority, string target, params (int Key, byte[] Value)[] parameters) =>
        [.. UInt16(priority), .. Name(target),
            .. parameters.SelectMany(parameter => (byte[])[.. UInt16(parameter.Key), .. UInt16(parameter.Value.Length), .. parameter.Value])];

    public static byte[] Name(string name) =>
        name.Length == 0 ? [0] : [.. name.Split('.').SelectMany(label => (byte[])[(byte)label.Length, .. Encoding.ASCII.GetBytes(label)]), 0];

    public static byte[] UInt16(int value) => [(byte)(value >> 8), (byte)value];
}
