using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Tests.Support;

namespace MultiExit.Engine.Tests.Configuration;

/// <summary>Secrets that systemd provides, and the users that may read a secret's file.</summary>
public sealed partial class CredentialTests : IDisposable
{
    private const uint Service = 65534, Someone = 1234, Nobody = uint.MaxValue;
    private readonly TemporaryFolder _folder = new();

    public CredentialTests() => Environment.SetEnvironmentVariable(CredentialFolder.Variable, _folder.Path);

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(CredentialFolder.Variable, null);
        _folder.Dispose();
    }

    [Fact]
    public void A_credential_is_the_file_of_that_name_in_the_folder_of_the_service()
    {
        Write("tunnel.key", "the-old-oak-tree\n");
        TunnelExitConfig exit = Assert.IsType<TunnelExitConfig>(ConfigAssert.Valid(Exit("{ credential: tunnel.key }")).Exits[0]);
        Assert.True(KeyOf(exit).Matches("the-old-oak-tree"u8));
    }

    [Fact]
    public void A_certificate_and_its_key_may_be_credentials()
    {
        string cert = Write("cert", "c"), key = Write("cert-key", "k");
        GatewayConfig config = ConfigAssert.Valid(
            "inbounds: [{ name: a, type: http, listen: \":80\", tls: { cert: { credential: cert }, key: { credential: cert-key } } }]");
        Assert.Equal(new TlsServerConfig { CertificateFile = cert, KeyFile = key }, config.Inbounds[0].Tls);
    }

    [Theory]
    [InlineData("../etc/Zq7")]
    [InlineData("/Zq7")]
    [InlineData("a\\Zq7")]
    [InlineData("a:Zq7")]
    [InlineData("..")]
    [InlineData(".")]
    public void The_name_of_a_credential_leads_nowhere_else(string name)
    {
        ConfigError error = Assert.Single(ConfigAssert.Errors(Exit($"{{ credential: '{name}' }}")));
        Assert.Equal(("exits[0].key.credential",
            "expected the name of a credential: 1 to 255 characters without / \\ : and control characters"),
            (error.Path, error.Message));
    }

    [Fact]
    public void A_credential_that_is_missing_is_an_error()
    {
        ConfigError error = Assert.Single(ConfigAssert.Errors(Exit("{ credential: none }")));
        Assert.Equal($"the file {ErrorText.Quote(Path.Combine(_folder.Path, "none"))} does not exist", error.Message);
    }

    [Fact]
    public void Without_the_variable_of_systemd_the_error_names_it()
    {
        Environment.SetEnvironmentVariable(CredentialFolder.Variable, null);
        ConfigError error = Assert.Single(ConfigAssert.Errors(Exit("{ credential: tunnel.key }")));
        Assert.Equal(
            "there are no credentials: the environment variable CREDENTIALS_DIRECTORY is not set; "
            + "systemd sets it for a unit with LoadCredential=",
            error.Message);
    }

    [Theory]
    // systemd with DynamicUser=: root's file, the service's user in the list.
    [InlineData(0, Service, 4, Nobody, 0, 0, true)]
    // The service's own file; root may read everything anyway.
    [InlineData(Service, 0, 4, Nobody, 0, 0, true)]
    [InlineData(Service, Service, 4, Nobody, 0, 0, true)]
    // Another user's file, and the service in the list: two users.
    [InlineData(Someone, Service, 4, Nobody, 0, 0, false)]
    [InlineData(0, Service, 4, Someone, 4, 0, false)]
    [InlineData(0, Service, 4, Someone, 2, 0, false)]
    // A user that may only execute it reads nothing.
    [InlineData(0, Service, 4, Someone, 1, 0, true)]
    // The owning group.
    [InlineData(0, Service, 4, Nobody, 0, 4, false)]
    public void A_list_lets_in_root_and_one_user(uint owner, uint user, ushort rights, uint other, ushort otherRights, ushort group, bool isPrivate)
    {
        byte[] list = List([(2, rights, user),
            .. other == Nobody ? [] : ((ushort, ushort, uint)[])[(2, otherRights, other)], (4, group, Nobody), (16, 7, Nobody)]);
        Assert.Equal(isPrivate, FileAudience.IsForOne(list, owner));
    }

    [Fact]
    public void A_group_in_the_list_is_refused_unless_the_mask_takes_its_rights()
    {
        Assert.False(FileAudience.IsForOne(List([(4, 0, Nobody), (8, 4, 10), (16, 4, Nobody)]), 0));
        Assert.True(FileAudience.IsForOne(List([(4, 0, Nobody), (8, 4, 10), (16, 1, Nobody)]), 0));
    }

    [Fact]
    public void A_list_that_cannot_be_understood_is_refused()
    {
        byte[] list = List([(2, 4, Service), (4, 0, Nobody), (16, 4, Nobody)]);
        Assert.True(FileAudience.IsForOne(list, 0));
        Assert.False(FileAudience.IsForOne(list.AsSpan(0, list.Length - 1), 0));
        Assert.False(FileAudience.IsForOne([], 0));
        list[0] = 3;
        Assert.False(FileAudience.IsForOne(list, 0));
    }

    [Fact]
    public void A_file_as_systemd_makes_it_is_taken_and_one_for_two_users_is_not()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "this system has no such access lists");
        string path = Write("listed", "the-old-oak-tree");
        SetMode(path, UnixFileMode.UserRead);
        uint other = GetUser() == 0 ? Service : GetUser();
        bool listed = SetList(path, List([(1, 4, Nobody), (2, 4, other), (4, 0, Nobody), (16, 4, Nobody), (32, 0, Nobody)]));
        Assert.SkipUnless(listed, "the file system of the temporary folder has no access lists");
        ConfigAssert.Valid(Exit("{ credential: listed }"));
        ConfigAssert.Valid(Exit($"{{ file: {path} }}"));
        Assert.True(SetList(path, List([(1, 4, Nobody), (2, 4, other), (2, 4, Someone), (4, 0, Nobody), (16, 4, Nobody), (32, 0, Nobody)])));
        Assert.Contains("is open to other users", Assert.Single(ConfigAssert.Errors(Exit("{ credential: listed }"))).Message, StringComparison.Ordinal);
    }

    [UnixFact]
    public void A_mode_for_the_group_without_a_list_is_refused()
    {
        string path = Write("plain", "the-old-oak-tree");
        SetMode(path, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        Assert.Contains("is open to other users", Assert.Single(ConfigAssert.Errors(Exit("{ credential: plain }"))).Message, StringComparison.Ordinal);
    }

    private static Secret KeyOf(TunnelExitConfig exit) => exit.Key;

    private static string Exit(string key) => $"{ConfigAssert.Inbound}exits: [{{ name: t, type: tunnel, server: h, key: {key} }}]";

    private static byte[] List((ushort Tag, ushort Rights, uint Id)[] entries)
    {
        byte[] list = new byte[4 + 8 * entries.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(list, 2);
        for (int i = 0; i < entries.Length; i++)
        {
            Span<byte> entry = list.AsSpan(4 + 8 * i, 8);
            BinaryPrimitives.WriteUInt16LittleEndian(entry, entries[i].Tag);
            BinaryPrimitives.WriteUInt16LittleEndian(entry[2..], entries[i].Rights);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[4..], entries[i].Id);
        }
        return list;
    }

    private string Write(string name, string content)
    {
        string path = Path.Combine(_folder.Path, name);
        File.WriteAllText(path, content, new UTF8Encoding(false));
        SetMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }

    private static void SetMode(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, mode);
    }

    private static bool SetList(string path, byte[] list) => SetAttribute(path, "system.posix_acl_access", list, list.Length, 0) == 0;

    [LibraryImport("libc", EntryPoint = "setxattr", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetAttribute(string path, string name, byte[] value, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetUser();
}
