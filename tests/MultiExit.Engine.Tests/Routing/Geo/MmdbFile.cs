using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MultiExit.Engine.Tests.Routing.Geo;

/// <summary>Writes small databases in the MaxMind DB format 2.0 (https://maxmind.github.io/MaxMind-DB/): a tree of IPv6 with records of 32 bits,
/// IPv4 at ::/96, and a record for each network.</summary>
internal static class MmdbFile
{
    private const int Map = 7, Text = 2, Unsigned16 = 5, Unsigned32 = 6;

    public static void Write(string path, string type, params (string Network, Dictionary<string, object> Record)[] entries)
    {
        List<int[]> nodes = [[-1, -1]];
        List<byte> data = [];
        List<(int Node, int Bit, int Offset)> leaves = [];
        foreach ((string network, Dictionary<string, object> record) in entries)
        {
            IPNetwork parsed = IPNetwork.Parse(network);
            bool isIpv4 = parsed.BaseAddress.AddressFamily == AddressFamily.InterNetwork;
            byte[] bits = [.. isIpv4 ? new byte[12] : [], .. parsed.BaseAddress.GetAddressBytes()];
            int length = parsed.PrefixLength + (isIpv4 ? 96 : 0), node = 0;
            for (int i = 0; i < length - 1; i++)
            {
                int bit = BitAt(bits, i);
                if (nodes[node][bit] < 0)
                {
                    nodes.Add([-1, -1]);
                    nodes[node][bit] = nodes.Count - 1;
                }
                node = nodes[node][bit];
            }
            leaves.Add((node, BitAt(bits, length - 1), data.Count));
            Add(data, record);
        }
        using FileStream file = File.Create(path);
        foreach ((int node, int bit, int offset) in leaves) nodes[node][bit] = nodes.Count + 16 + offset;
        foreach (int[] node in nodes) file.Write([.. Number(node[0] < 0 ? nodes.Count : node[0]), .. Number(node[1] < 0 ? nodes.Count : node[1])]);
        file.Write(new byte[16]);
        file.Write([.. data]);
        file.Write([0xab, 0xcd, 0xef, .. "MaxMind.com"u8]);
        List<byte> metadata = [];
        Add(metadata, new Dictionary<string, object>
        {
            ["binary_format_major_version"] = (ushort)2, ["binary_format_minor_version"] = (ushort)0, ["build_epoch"] = 1ul, ["database_type"] = type,
            ["description"] = new Dictionary<string, object>(), ["ip_version"] = (ushort)6, ["languages"] = Array.Empty<object>(),
            ["node_count"] = (uint)nodes.Count, ["record_size"] = (ushort)32,
        });
        file.Write([.. metadata]);
    }

    private static int BitAt(byte[] bytes, int index) => bytes[index / 8] >> (7 - index % 8) & 1;

    private static byte[] Number(int value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }

    // Section "Output Data Section": the type in the first three bits, the size in the others.
    private static void Add(List<byte> to, object value)
    {
        switch (value)
        {
            case Dictionary<string, object> map:
                to.Add((byte)(Map << 5 | map.Count));
                foreach ((string key, object entry) in map)
                {
                    Add(to, key);
                    Add(to, entry);
                }
                break;
            case string text:
                byte[] bytes = Encoding.UTF8.GetBytes(text);
                if (bytes.Length < 29) to.Add((byte)(Text << 5 | bytes.Length));
                else to.AddRange([Text << 5 | 29, (byte)(bytes.Length - 29)]);
                to.AddRange(bytes);
                break;
            case uint number:
                to.Add(Unsigned32 << 5 | 4);
                to.AddRange(Number((int)number));
                break;
            case ushort small:
                to.AddRange([Unsigned16 << 5 | 2, (byte)(small >> 8), (byte)small]);
                break;
            case ulong large:
                // An extended type, 7 + 2.
                to.AddRange([1, 2, (byte)large]);
                break;
            default:
                // An empty array: an extended type, 7 + 4.
                to.AddRange([0, 4]);
                break;
        }
    }
}
