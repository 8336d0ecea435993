namespace MultiExit.Engine.Tests.Matrix;

/// <summary>Every inbound with every exit, and chains of three hops: each cell both ways at once, with a SHA-256 of each direction and its end,
/// for IPv4, IPv6 and a domain.</summary>
/// <remarks>64 MiB in each direction for one of the three in each cell, in turn, and 4 MiB for the other two, so that the table stays within a
/// minute on two cores. With MULTIEXIT_MATRIX=full in the environment all are 64 MiB.</remarks>
public sealed class MatrixTests(MatrixNetwork network) : IClassFixture<MatrixNetwork>
{
    private const int Small = 4;
    private static readonly bool IsFull = Environment.GetEnvironmentVariable("MULTIEXIT_MATRIX") == "full";

    public static TheoryData<string, string> Cells
    {
        get
        {
            TheoryData<string, string> cells = [];
            foreach (string inbound in MatrixConfig.Inbounds)
                foreach (string exit in MatrixConfig.Exits) cells.Add(inbound, exit);
            return cells;
        }
    }

    public static TheoryData<string, string> Chains
    {
        get
        {
            TheoryData<string, string> chains = [];
            foreach ((string entry, string first, string second, string third) in MatrixConfig.Chains)
            {
                chains.Add(entry, $"{first}-{second}");
                chains.Add(entry, $"{first}-{second}-{third}");
            }
            return chains;
        }
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task Every_inbound_works_with_every_exit(string inbound, string exit)
    {
        int cell = Array.IndexOf(MatrixConfig.Inbounds, inbound) + Array.IndexOf(MatrixConfig.Exits, exit);
        for (int i = 0; i < MatrixNetwork.Families.Count; i++)
        {
            // SOCKS4 has no IPv6.
            if (MatrixNetwork.Families[i] == "ipv6" && (inbound == "socks4" || exit == "socks4")) continue;
            bool isBig = IsFull || i == cell % MatrixNetwork.Families.Count;
            await MatrixData.ExchangeAsync(await network.ConnectAsync(inbound, exit, MatrixNetwork.Families[i]), isBig ? MatrixData.MaxMiB : Small);
        }
    }

    [Theory]
    [MemberData(nameof(Chains))]
    public async Task Chains_of_two_and_three_hops_carry_bytes_whole(string inbound, string chain)
    {
        foreach (string family in MatrixNetwork.Families)
            await MatrixData.ExchangeAsync(await network.ConnectAsync(inbound, chain, family), IsFull ? MatrixData.MaxMiB : 1);
    }
}
