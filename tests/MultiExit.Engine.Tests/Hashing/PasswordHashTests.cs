using System.Text;
using MultiExit.Engine.Hashing;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Parameters;

namespace MultiExit.Engine.Tests.Hashing;

/// <summary>Hashes of passwords: vectors of the specifications and of other programs, and texts that are refused before anything is computed.</summary>
public sealed class PasswordHashTests
{
    private const string Salt = "c29tZXNhbHQ"; // somesalt
    private const string Digest = "nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";

    [Theory]
    // The tests of Argon2's reference implementation.
    [InlineData("password", "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4")]
    [InlineData("password", "$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc")]
    // Those of crypt_blowfish, in all three names of the function.
    [InlineData("U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")]
    [InlineData("U*U*", "$2b$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK")]
    [InlineData("U*U*U", "$2y$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a")]
    [InlineData("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789chars after 72 are ignored",
        "$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui")]
    public void A_password_matches_its_hash_and_no_other_does(string password, string text)
    {
        PasswordHash hash = Parse(text);
        Assert.True(hash.Matches(Encoding.UTF8.GetBytes(password)));
        Assert.False(hash.Matches(Encoding.UTF8.GetBytes("x" + password)));
        Assert.Equal(text, hash.Reveal());
        Assert.Equal("***", hash.ToString());
    }

    // RFC 7914 section 12.
    [Theory]
    [InlineData("password", "NaCl", 10, 16,
        "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640")]
    [InlineData("pleaseletmein", "SodiumChloride", 14, 1,
        "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887")]
    public void Scrypt_computes_the_vectors_of_its_specification(string password, string salt, int cost, int lanes, string expected) => Assert.Equal(
        expected, Convert.ToHexStringLower(new ScryptFunction(cost, 8, lanes).Compute(Encoding.ASCII.GetBytes(password), Encoding.ASCII.GetBytes(salt), 64)));

    // RFC 9106 section 5.3. Its secret and its associated data have no place in a hash's text, so the vector is the library's.
    [Fact]
    public void The_library_computes_the_vector_of_Argon2id()
    {
        Argon2BytesGenerator generator = new();
        generator.Init(new Argon2Parameters.Builder(Argon2Parameters.Argon2id).WithVersion(Argon2Parameters.Version13).WithMemoryAsKB(32).WithIterations(3)
            .WithParallelism(4).WithSalt(Of(2, 16)).WithSecret(Of(3, 8)).WithAdditional(Of(4, 12)).Build());
        byte[] tag = new byte[32];
        generator.GenerateBytes(Of(1, 32), tag);
        Assert.Equal("0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659", Convert.ToHexStringLower(tag));

        static byte[] Of(byte value, int count) => [.. Enumerable.Repeat(value, count)];
    }

    [Theory]
    [InlineData("", "it is no hash")]
    [InlineData("hunter2", "it is no hash")]
    [InlineData("$", "its algorithm is not known")]
    [InlineData("$argon2i$v=19$m=256,t=2,p=1$" + Salt + "$" + Digest, "argon2i is not taken; expected argon2id")]
    [InlineData("$2x$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "$2x$ is bcrypt as it was before a fault was mended")]
    [InlineData("$6$saltsalt$abc", "$6$ is not taken")]
    [InlineData("$argon2id$m=256,t=2,p=1$" + Salt + "$" + Digest, "an argon2id hash has the parts")]
    [InlineData("$argon2id$v=16$m=256,t=2,p=1$" + Salt + "$" + Digest, "the version of argon2id is not v=19")]
    [InlineData("$argon2id$v=19$t=2,m=256,p=1$" + Salt + "$" + Digest, "the parameters of argon2id are not m=..,t=..,p=..")]
    [InlineData("$argon2id$v=19$m=256,t=2,p=1,keyid=x$" + Salt + "$" + Digest, "the parameters of argon2id are not")]
    [InlineData("$argon2id$v=19$m=+256,t=2,p=1$" + Salt + "$" + Digest, "the parameters of argon2id are not")]
    [InlineData("$argon2id$v=19$m=99999999999,t=2,p=1$" + Salt + "$" + Digest, "the parameters of argon2id are not")]
    [InlineData("$argon2id$v=19$m=262145,t=1,p=1$" + Salt + "$" + Digest, "the memory (m=262145) is not 8 to 262144 KiB")]
    [InlineData("$argon2id$v=19$m=31,t=1,p=4$" + Salt + "$" + Digest, "the memory (m=31) is not 32 to 262144 KiB")]
    [InlineData("$argon2id$v=19$m=262144,t=5,p=1$" + Salt + "$" + Digest, "the passes (t=5) are not 1 to 4")]
    [InlineData("$argon2id$v=19$m=8,t=2147483647,p=1$" + Salt + "$" + Digest, "the passes (t=2147483647) are not 1 to 131072")]
    [InlineData("$argon2id$v=19$m=256,t=0,p=1$" + Salt + "$" + Digest, "the parameters of argon2id are not")]
    [InlineData("$argon2id$v=19$m=256,t=2,p=17$" + Salt + "$" + Digest, "the lanes (p=17) are not 1 to 16")]
    [InlineData("$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ=$" + Digest, "the salt is not base64 without padding")]
    [InlineData("$argon2id$v=19$m=256,t=2,p=1$c2FsdA$" + Digest, "the salt has 4 octets; expected 8 to 64")]
    [InlineData("$argon2id$v=19$m=256,t=2,p=1$" + Salt + "$a*b", "the hash behind the salt is not base64")]
    [InlineData("$argon2id$v=19$m=256,t=2,p=1$" + Salt + "$c29tZXNhbHQ", "the hash behind the salt has 8 octets; expected 16 to 64")]
    [InlineData("$scrypt$ln=17,r=8$" + Salt + "$" + Digest, "the parameters of scrypt are not ln=..,r=..,p=..")]
    [InlineData("$scrypt$ln=17,r=8,p=1$" + Salt, "a scrypt hash has the parts")]
    [InlineData("$scrypt$ln=19,r=8,p=1$" + Salt + "$" + Digest, "the cost (ln=19) with r=8")]
    [InlineData("$scrypt$ln=63,r=8,p=1$" + Salt + "$" + Digest, "the cost (ln=63) with r=8")]
    [InlineData("$scrypt$ln=16,r=1,p=1$" + Salt + "$" + Digest, "the cost (ln=16) with r=1")]
    [InlineData("$scrypt$ln=17,r=8,p=9$" + Salt + "$" + Digest, "the parallelization (p=9) is not 1 to 8")]
    [InlineData("$scrypt$ln=4,r=33,p=1$" + Salt + "$" + Digest, "the block size (r=33) is not 1 to 32")]
    [InlineData("$2b$16$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "the cost (16) is not 4 to 15")]
    [InlineData("$2b$5$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "the cost of bcrypt is not two digits")]
    [InlineData("$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOe", "behind the cost of bcrypt stand 52 characters")]
    [InlineData("$2b$05$CCCCCCCCCCCCCCCCCCCCC+E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "salt and hash of bcrypt have other characters")]
    [InlineData("$2b$05$CCCC$CCC", "a bcrypt hash has the parts")]
    public void A_text_that_is_no_hash_is_refused_with_the_part_that_is_wrong(string text, string expected)
    {
        Assert.False(PasswordHash.TryParse(text, out PasswordHash? hash, out string? fault));
        Assert.Null(hash);
        Assert.StartsWith(expected, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_of_any_length_is_refused_without_being_read()
    {
        Assert.False(PasswordHash.TryParse("$argon2id$" + new string('$', 1_000_000), out _, out string? fault));
        Assert.Equal("it has 1000010 characters, and no hash has more than 512", fault);
    }

    [Fact]
    public void A_fault_repeats_neither_salt_nor_hash()
    {
        Assert.False(PasswordHash.TryParse("$argon2id$v=19$m=256,t=2,p=1$c2VjcmV0c2FsdA=$c2VjcmV0aGFzaA", out _, out string? fault));
        Assert.DoesNotContain("c2Vjcm", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(PasswordAlgorithm.Argon2id, "$argon2id$v=19$m=19456,t=2,p=1$")]
    [InlineData(PasswordAlgorithm.Scrypt, "$scrypt$ln=17,r=8,p=1$")]
    [InlineData(PasswordAlgorithm.Bcrypt, "$2b$12$")]
    public void A_new_hash_has_a_salt_of_its_own_and_is_read_again(PasswordAlgorithm algorithm, string begin)
    {
        PasswordHash hash = PasswordHash.Create("wonderland"u8, algorithm);
        Assert.StartsWith(begin, hash.Reveal(), StringComparison.Ordinal);
        Assert.Equal(hash, Parse(hash.Reveal()));
        Assert.True(Parse(hash.Reveal()).Matches("wonderland"u8));
    }

    [Fact]
    public void Two_hashes_of_one_password_differ()
    {
        HashSettings settings = new(PasswordAlgorithm.Argon2id) { Memory = 64 };
        Assert.NotEqual(PasswordHash.Create("same"u8, settings), PasswordHash.Create("same"u8, settings));
    }

    [Fact]
    public void Bcrypt_takes_no_password_of_which_it_sees_only_a_part()
    {
        Assert.StartsWith("bcrypt sees 72 octets", new HashSettings(PasswordAlgorithm.Bcrypt).FaultOf(new byte[73].Select(_ => (byte)'a').ToArray()),
            StringComparison.Ordinal);
        // C ends a string there: what stands behind it would not count.
        Assert.False(Parse("$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW").Matches("U*U\0more"u8));
    }

    [Fact]
    public void A_parameter_of_another_algorithm_is_a_fault()
    {
        Assert.Equal("cost is no parameter of argon2id", new HashSettings(PasswordAlgorithm.Argon2id) { Cost = 12 }.FaultOf("x"u8));
        Assert.Equal("memory is no parameter of bcrypt", new HashSettings(PasswordAlgorithm.Bcrypt) { Memory = 12 }.FaultOf("x"u8));
        Assert.Equal("passes is no parameter of scrypt", new HashSettings(PasswordAlgorithm.Scrypt) { Passes = 12 }.FaultOf("x"u8));
        Assert.Throws<ArgumentException>(() => PasswordHash.Create("x"u8, new HashSettings(PasswordAlgorithm.Bcrypt) { Cost = 31 }));
    }

    [Fact]
    public void The_decoy_costs_what_most_users_cost()
    {
        PasswordHash one = Parse("$argon2id$v=19$m=256,t=2,p=1$" + Salt + "$" + Digest);
        PasswordHash other = Parse("$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW");
        Assert.Equal(one.Function, PasswordHash.Decoy([other, one, one])!.Function);
        Assert.False(PasswordHash.Decoy([one])!.Matches("password"u8));
        Assert.Null(PasswordHash.Decoy([]));
    }

    private static PasswordHash Parse(string text)
    {
        Assert.True(PasswordHash.TryParse(text, out PasswordHash? hash, out string? fault), fault);
        return hash;
    }
}
