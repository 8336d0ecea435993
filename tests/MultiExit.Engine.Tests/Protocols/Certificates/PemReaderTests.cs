using System.Diagnostics;
using System.Security.Cryptography;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Protocols.Certificates;
using MultiExit.Engine.Protocols.Ech;
using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Tls;

namespace MultiExit.Engine.Tests.Protocols.Certificates;

public sealed class PemReaderTests
{
    [Fact]
    public void Blocks_are_read_in_their_order_and_the_text_around_them_is_left_alone()
    {
        string text = $"Subject: a ----- b\n{PemEncoding.WriteString("A", [1, 2, 3])}\nmore\r\n{PemEncoding.WriteString("B C", new byte[100])} and so on";
        PemReader reader = new(text);
        Assert.True(reader.Read());
        Assert.Equal("A", reader.Label.ToString());
        Assert.Equal([1, 2, 3], reader.Decode()!);
        Assert.True(reader.Read());
        Assert.Equal("B C", reader.Label.ToString());
        Assert.Equal(100, reader.Decode()!.Length);
        Assert.False(reader.Read());
        Assert.Null(reader.Fault);
    }

    [Theory]
    [InlineData("-----BEGIN ")]
    [InlineData("-----BEGIN A")]
    [InlineData("-----BEGIN A-----\nAQID\n")]
    [InlineData("-----BEGIN A-----\nAQID\n-----END A")]
    [InlineData("-----BEGIN A-----\nAQID\n-----END B-----")]
    [InlineData("-----BEGIN A-----\n-----BEGIN A-----\nAQID\n-----END A-----")]
    public void A_block_without_its_end_is_a_fault_and_nothing_is_read_behind_it(string text)
    {
        PemReader reader = new($"{text}\n{PemEncoding.WriteString("A", [1])}");
        Assert.False(reader.Read());
        Assert.Equal("has a PEM block without an end", reader.Fault);
        Assert.False(reader.Read());
    }

    [Fact]
    public void What_is_no_Base64_is_nothing()
    {
        PemReader reader = new("-----BEGIN A-----\nA!ID\n-----END A-----");
        Assert.True(reader.Read());
        Assert.Null(reader.Decode());
    }

    [Theory]
    [InlineData("X509 CRL")]
    [InlineData("CERTIFICATE")]
    [InlineData("ECHCONFIG")]
    public void Megabytes_of_beginnings_are_a_fault_at_once(string label)
    {
        using TemporaryFolder folder = new();
        string text = string.Concat(Enumerable.Repeat($"-----BEGIN {label}-----\n", 100_000));
        File.WriteAllText(folder["a.pem"], text);
        long began = Stopwatch.GetTimestamp();
        if (label == "ECHCONFIG")
        {
            Assert.Null(EchPemFile.FindConfig(text));
            Assert.Equal("has a PEM block without an end", EchPemFile.ReadKeys(text, out _));
        }
        else
        {
            Assert.EndsWith("has a PEM block without an end", Assert.Throws<ProxyException>(() =>
            {
                if (label == "CERTIFICATE") PemFile.ReadCertificates(folder["a.pem"], "CA file");
                else RevocationListFile.Read(folder["a.pem"]);
            }).Message, StringComparison.Ordinal);
        }
        // A search from each to the end would look at more than a hundred thousand megabytes.
        Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }
}
