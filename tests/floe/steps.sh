# SPDX-License-Identifier: MPL-2.0
# Steps for hostile-peer, which send messages of docs/protocol.md section 4; read by run.sh.

nothing=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
zeros=$(head -c 1000 /dev/zero | sha256sum | cut -d ' ' -f 1)

# offer_step FILES BYTES NAME KIND: one item, its name as it stands in JSON.
offer_step ()
{
    printf '%s' "text:{\"type\":\"offer\",\"files\":$1,\"bytes\":$2,\"items\":[{\"name\":\"$3\","
    printf '%s' "\"kind\":\"$4\",\"files\":$1,\"size\":$2}],\"more\":0}"
}

# file_step INDEX PATH SIZE, end_step INDEX BYTES SHA256, folder_step PATH, link_step PATH TARGET
file_step ()
{
    printf '%s' "text:{\"type\":\"file\",\"index\":$1,\"path\":\"$2\",\"size\":$3}"
}

end_step ()
{
    printf '%s' "text:{\"type\":\"end\",\"index\":$1,\"bytes\":$2,\"sha256\":\"$3\"}"
}

folder_step ()
{
    printf '%s' "text:{\"type\":\"folder\",\"path\":\"$1\",\"mode\":493}"
}

link_step ()
{
    printf '%s' "text:{\"type\":\"link\",\"path\":\"$1\",\"target\":\"$2\"}"
}

# done_step FILES BYTES
done_step ()
{
    printf '%s' "text:{\"type\":\"done\",\"files\":$1,\"bytes\":$2}"
}
