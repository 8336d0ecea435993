using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.History;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests;

/// <summary>A change of a file that the configuration names is a change, though the configuration's text is the same.</summary>
public sealed class ManagedServerContentTests
{
    private const string Inbounds = "{ name: proxy, type: mixed, listen: \"127.0.0.1:0\", users: { alice: { password: { file: pw.txt } } } }, "
        + "{ name: hub, type: tunnel, listen: \"127.0.0.1:0\", key: [{ file: new.key }, { file: old.key }], tls: { cert: cert.pem, key: cert.key } }";

    [Fact]
    public async Task Every_file_whose_content_changed_is_named_and_nothing_of_its_content()
    {
        await using ManagedEdge edge = new();
        await StartAsync(edge);
        Assert.Empty(edge.Server.Check(null));

        Write(edge, "pw.txt", "Zq7-another");
        Write(edge, "old.key", "Zq7-another-key");
        using (SelfSignedFiles other = SelfSignedFiles.Create("another"))
        {
            File.Copy(other.Config.CertificateFile!, edge["cert.pem"], overwrite: true);
            File.Copy(other.Config.KeyFile!, edge["cert.key"], overwrite: true);
        }
        string[] expected =
        [
            $"~ inbounds[proxy].users.alice.password.file: content of {edge["pw.txt"]} changed",
            $"~ inbounds[hub].key[1].file: content of {edge["old.key"]} changed",
            $"~ inbounds[hub].tls.cert: content of {edge["cert.pem"]} changed",
            $"~ inbounds[hub].tls.key: content of {edge["cert.key"]} changed",
        ];
        Assert.Equal(expected.Order(), edge.Server.Check(null).Select(difference => $"{difference}").Order());
        Assert.All(edge.Server.Check(null), difference => Assert.Equal((ConfigDifferenceKind.Content, null), (difference.Kind, difference.Before)));
        // So do edits, which read the files again.
        Assert.Contains(expected[0], edge.Server.CheckEdits([Engine.Configuration.Editing.ConfigEdit.SetWeight("a", 3)]).Select(difference => $"{difference}"));

        await edge.Server.SetAsync(null);
        Assert.Empty(edge.Server.Check(null));
        // The file's time alone is no change.
        File.SetLastWriteTimeUtc(edge["pw.txt"], DateTime.UnixEpoch);
        Assert.Empty(edge.Server.Check(null));
    }

    [Fact]
    public async Task A_file_that_takes_the_place_of_another_is_a_change_of_the_key_alone()
    {
        await using ManagedEdge edge = new();
        await StartAsync(edge);
        Write(edge, "pw2.txt", "Zq7-another");
        edge.Write(edge.Text(1, Inbounds.Replace("pw.txt", "pw2.txt", StringComparison.Ordinal)));
        Assert.Equal(["~ inbounds[proxy].users.alice.password.file: pw.txt -> pw2.txt"], edge.Server.Check(null).Select(difference => $"{difference}"));
    }

    [Fact]
    public void A_key_that_is_added_does_not_hide_another_that_begins_alike()
    {
        using TemporaryFolder folder = new();
        string file = folder["edge.yaml"], password = folder["pw.txt"];
        string Text(string added) => $$"""
            inbounds: [{ name: in, type: socks5, listen: "127.0.0.1:0", users: { alice: { {{added}}password: { file: pw.txt } } } }]
            """;
        ConfigResult Load(string text, string secret)
        {
            File.WriteAllText(file, text);
            File.WriteAllText(password, secret);
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(password, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            return ConfigLoader.LoadFile(file);
        }
        ConfigResult before = Load(Text(""), "Zq7-password"), after = Load(Text("pass: x, "), "Zq7-another");
        Assert.Equal(
            ["inbounds[in].users.alice.pass", "inbounds[in].users.alice.password.file"],
            ConfigComparison.Between(before, after).Select(difference => difference.Path));
    }

    private static async Task StartAsync(ManagedEdge edge)
    {
        using SelfSignedFiles certificate = SelfSignedFiles.Create("localhost");
        File.Copy(certificate.Config.CertificateFile!, edge["cert.pem"]);
        File.Copy(certificate.Config.KeyFile!, edge["cert.key"]);
        Write(edge, "pw.txt", "Zq7-password");
        Write(edge, "new.key", "Zq7-new-key");
        Write(edge, "old.key", "Zq7-old-key");
        await edge.StartAsync(text: edge.Text(1, Inbounds));
    }

    private static void Write(ManagedEdge edge, string name, string text)
    {
        File.WriteAllText(edge[name], text);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(edge[name], UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
