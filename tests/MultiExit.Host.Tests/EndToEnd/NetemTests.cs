using System.Diagnostics;
using System.Globalization;
using MultiExit.Host.Tests.Support;

namespace MultiExit.Host.Tests.EndToEnd;

/// <summary>The tunnel over a long path, and over one that is cut.</summary>
public sealed class NetemTests(ITestOutputHelper output)
{
    private const int Length = 24_000_000;

    // A path that is long and slow: 1 MB is under way on it, four times the window that a stream begins with, and a busy
    // machine of two cores still carries this. What is measured is the window, and not the speed of the machine: a window that
    // did not grow gives a quarter of the rate. Speed beside plain TCP is a matter for benchmarks.
    private const int Rate = 4_000_000;
    private const double Wanted = 0.8;
    private static readonly TimeSpan OneWay = TimeSpan.FromMilliseconds(125);

    [NetworkNamespaceFact]
    public async Task The_window_of_a_stream_grows_to_what_a_path_of_250_ms_holds()
    {
        using NetworkLink link = NetworkLink.Create(OneWay);
        using HttpOrigin origin = link.AtFarEnd(() => new HttpOrigin(link.FarAddress));
        using TunnelPair tunnel = await TunnelPair.StartAsync(link, "chacha20-poly1305", "");
        (double plain, double connect) = await MeasureAsync(link, origin);
        Assert.InRange(connect, 2 * OneWay.TotalSeconds, double.MaxValue);
        (double through, _) = await MeasureAsync(link, origin, "--proxy", "socks5h://" + tunnel.Client.Address);
        output.WriteLine($"{link.Kind}: plain TCP {plain / 1e6:0.0} MB/s, tunnel {through / 1e6:0.0} MB/s, ratio {through / plain:0.00}");
        Assert.InRange(through / Math.Min(plain, Rate), Wanted, double.MaxValue); // curl lets a transfer run ahead of its rate
    }

    [NetworkNamespaceFact]
    public async Task A_cut_path_ends_its_sessions_and_a_mended_one_serves_again()
    {
        using NetworkLink link = NetworkLink.Create(TimeSpan.Zero);
        using HttpOrigin origin = link.AtFarEnd(() => new HttpOrigin(link.FarAddress));
        using TunnelPair tunnel = await TunnelPair.StartAsync(link, "chacha20-poly1305", ", ping_interval: 1s, ping_timeout: 1s");
        string[] proxy = ["--proxy", "socks5h://" + tunnel.Client.Address];
        // So slow that it cannot end before the cut, so large that no buffer holds it.
        Task<(int ExitCode, string Output, string Error)> transfer = Curl.RunInAsync(
            link.Near, [.. proxy, "--limit-rate", "5M", "--output", "/dev/null", $"{origin.Url}/bytes/{1 << 30}"]);
        await origin.WaitForRequestAsync();
        link.Set(up: false);
        Stopwatch cut = Stopwatch.StartNew();
        (int exitCode, _, string error) = await transfer;
        output.WriteLine($"ended {cut.Elapsed.TotalSeconds:0.0} s after the cut: {error}");
        Assert.True(exitCode is 18 or 56, $"curl ended with {exitCode}: {error}"); // partial, or reset
        // By the pings that it is given: with those that a tunnel has otherwise it would take 25 s.
        Assert.InRange(cut.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(15));

        link.Set(up: true);
        (exitCode, _, error) = await Curl.RunInAsync(link.Near, [.. proxy, "--output", "/dev/null", $"{origin.Url}/bytes/1000000"]);
        Assert.True(exitCode == 0, error);
    }

    // Bytes a second of one download at no more than Rate, and the seconds its TCP connection took to come about.
    private static async Task<(double Speed, double Connect)> MeasureAsync(NetworkLink link, HttpOrigin origin, params string[] more)
    {
        string[] measured = ["--output", "/dev/null", "--limit-rate", $"{Rate}", "--write-out", "%{speed_download} %{time_connect}"];
        (int exitCode, string text, string error) = await Curl.RunInAsync(link.Near, [.. more, .. measured, $"{origin.Url}/bytes/{Length}"]);
        Assert.True(exitCode == 0, error);
        double[] numbers = [.. text.Split(' ').Select(number => double.Parse(number, CultureInfo.InvariantCulture))];
        return (numbers[0], numbers[1]);
    }
}
